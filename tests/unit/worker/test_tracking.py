import pytest

from worker.tracking import NAMES, PREFIXES, VALUES, is_trace, without_sessions, without_traces

HASH = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "pair",
    [
        *("gclid=a", "FBCLID=b", "srsltid=AfmB", "msclkid=c", "yclid=1", "ysclid=2", "dicbo=v2", "igsh=x", "mibextid=Z"),
        *("utm_source=rss", "utm_id", "UTM_Campaign=", "%75tm_term=x", "mtm_cid=1", "pk_campaign=a", "hsa_cam=9", "_hsenc=p2"),
        *("mc_eid=1", "mkt_tok=3", "vero_id=4", "_ga=2.1", "_gl=1*x", "xtor=RSS-1", "at_medium=social", "ref_src=twsrc"),
        *("spm=a.b.c", "scm=1.2", "share_token=q", "xhsshare=CopyLink", "xsec_token=AB", "tt_from=weixin", "spm_id_from=333"),
        *("vd_source=9", "chksm=1", "mpshare=1", "sharer_shareid=2", "spss=wap", "log_from=1_2", "bd_vid=1"),
        *("from=timeline", "from=rss", "source=weixin", "scene=singlemessage", "share=twitter", "feature=share", "wfr=spider"),
        *("PHPSESSID=1", "jsessionid=2", "ASPSESSIONIDAAB=3", "CFTOKEN=4", "session_id=5"),
    ],
)
def test_what_only_says_how_somebody_came_here_is_a_trace(pair: str) -> None:
    assert is_trace(pair)


@pytest.mark.parametrize(
    "pair",
    [
        *("id=5", "p=12", "page=2", "q=gclid", "title=utm_source", "lang=en", "v=1", "t=30", "s=climate", "c=3", "a=1"),
        *("from=2021-01-01", "from=berlin", "source=agency", "feature=opinion", "scene=3", "share=tesla", "for=pc"),
        *("ref=12", "key=9", "token=1", "sid=12", f"sid={HASH}", "pk_id=7", "pk=4", "mbid=uuid", "spmid=1", "sharecount=1"),
        *("trk=4", "hs=1", "utm=x", "group_id=7", "__biz=MzA", "mid=2", "idx=1", "sn=f00", "", "="),
    ],
)
def test_what_may_choose_content_is_none(pair: str) -> None:
    assert not is_trace(pair)


def test_names_are_written_as_they_are_compared() -> None:
    assert all(name == name.lower() and "%" not in name for name in NAMES | set(PREFIXES) | set(VALUES))
    assert all(value == value.lower() for values in VALUES.values() for value in values)


def test_no_name_is_listed_that_a_prefix_or_a_value_rule_covers() -> None:
    assert not [name for name in NAMES if name.startswith(PREFIXES)]
    assert not NAMES & set(VALUES)


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("b=1&utm_source=x&a=2&a=1", "b=1&a=2&a=1"),
        ("&&b=1&&", "b=1"),
        ("&", ""),
        ("open&ccm=000", "open&ccm=000"),
        (f"t=123&sid={HASH}", "t=123"),
        (f"sid={HASH.upper()}&f=2&t=123", "f=2&t=123"),
        (f"s={HASH}&p=9&gclid=1", "p=9"),
        (f"sid={HASH}", f"sid={HASH}"),
        (f"sid={HASH}&utm_source=x", f"sid={HASH}"),
        (f"sid={HASH}&lang=en", f"sid={HASH}&lang=en"),
        ("t=123&sid=77", "t=123&sid=77"),
        ("s=harbour&p=2", "s=harbour&p=2"),
    ],
)
def test_a_query_loses_its_traces_and_keeps_its_order(query: str, rest: str) -> None:
    assert without_traces(query) == rest
    assert without_traces(rest) == rest


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/a/story.jsp;jsessionid=0A1B.node2", "/a/story.jsp"),
        ("/a;JSESSIONID=1/story", "/a/story"),
        ("/a;v=2/story;jsessionid=1;x=3", "/a;v=2/story;x=3"),
        ("/(S(abcdefghijklmnopqrstuv05))/story.aspx", "/story.aspx"),
        ("/(S(abcdefghijklmnopqrstuv05))", "/(S(abcdefghijklmnopqrstuv05))"),
        ("/(S(short))/story.aspx", "/(S(short))/story.aspx"),
        ("/(S(abcdefghijklmnopqrstuv05));jsessionid=1/x", "/x"),
        ("/story,1;2", "/story,1;2"),
    ],
)
def test_a_path_loses_its_session(path: str, rest: str) -> None:
    assert without_sessions(path) == rest
