"""Each database says how large it is."""

from worker.store.database import open_database
from worker.store.disk import database_bytes
from worker.store.library import snapshot
from worker.store.migrate import migrate


def test_a_database_grows_with_what_is_in_it(database_url: str) -> None:
    engine = open_database(database_url)
    migrate(engine)
    with snapshot(engine) as connection:
        empty = database_bytes(connection)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE wide (words text)")
        for n in range(300):
            connection.exec_driver_sql(f"INSERT INTO wide VALUES ('{n} {'words ' * 300}')")
    with snapshot(engine) as connection:
        assert database_bytes(connection) > empty + 200_000
        assert empty > 0
    engine.dispose()
