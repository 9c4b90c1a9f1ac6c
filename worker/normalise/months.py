"""Names of months in the languages that news is written in (Unicode CLDR, genitive forms where dates use them)."""

import re
import unicodedata

# Earlier languages win where an abbreviation is shared.
_NAMES = """
    january february march april may june july august september october november december
    januar februar märz april mai juni juli august september oktober november dezember
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    januari februari maart april mei juni juli augustus september oktober november december
    januari februari mars april maj juni juli augusti september oktober november december
    januar februar marts april maj juni juli august september oktober november desember
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
    ledna února března dubna května června července srpna září října listopadu prosince
    januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra
    január február március április május június július augusztus szeptember október november december
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
    januari februari maret april mei juni juli agustus september oktober november desember
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
    ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
    gener febrer març abril maig juny juliol agost setembre octubre novembre desembre
    jänner feber märz april mai juni juli august september oktober november dezember
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
"""
_SHORTEST = 3  # letters of an abbreviation


def _plain(name: str) -> str:
    stripped = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i"))
    return "".join(char for char in stripped if not unicodedata.combining(char))


def _prefixes() -> dict[str, int]:
    found: dict[str, int] = {}
    rows = [list(map(_plain, row.split())) for row in _NAMES.strip().splitlines()]
    for row in rows:
        for month, name in enumerate(row, start=1):
            found[name] = found.get(name, month)
    for row in rows:
        for month, name in enumerate(row, start=1):
            for end in range(_SHORTEST, len(name)):
                found.setdefault(name[:end], month)
    return found


_MONTHS = _prefixes()
NAME = r"[^\W\d_]{3,14}"  # what may be a month's name; Hindi's vowel signs are no \w and fall to the caller's search
_WORD = re.compile(NAME)


def month_number(name: str) -> int | None:
    """Return 1 to 12 for the *name* of a month or its abbreviation (three letters or more, any case), else None."""
    return _MONTHS.get(_plain(name))
