"""Which parts of a URL are traces of how somebody came by it, and never say which page is meant.

A maintained list, grouped by who writes the traces. What may stand in it: a name that only ever comes from a link
decorator, spelt so that no content system would give it to an article. An ordinary word or a short abbreviation
(`from`, `source`, `share`, `sid`) stands here only together with the values, or the company, that give it away. In doubt
a parameter stays: a key too many is found out by the page's canonical link, two articles under one key are not.
"""

import re
from urllib.parse import unquote

# ---------------------------------------------------------------- names

_ADVERTISING = """
    gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid
    fbclid mibextid fb_source fb_ref fb_action_ids fb_action_types action_object_map action_type_map action_ref_map __tn__
    igsh igshid twclid ttclid li_fat_id lipi epik sccid scclid rdt_cid
    msclkid qclid yclid ysclid ymclid yadclid yadordid _openstat erid rb_clickid
    bd_vid bd_source_light qz_gdt obclid outbrainclickid ob_click_id dicbo tblci
    irclickid irgwc cjevent cjdata zanpid admitad_uid awc ranmid raneaid ransiteid sscid tduid wickedid
    ef_id s_kwcid gpromocode
"""
_NEWSLETTERS = """
    mc_cid mc_eid mkt_tok hsctatracking _ke _kx oly_enc_id oly_anon_id vero_id vero_conv ck_subscriber_id dm_i
    ml_subscriber ml_subscriber_hash nr_email_referer sc_campaign sc_channel sc_cid sc_lid sc_uid sc_llid sb_referer_host
    elqtrack elqtrackid elqaid elqat elqcampaignid et_rid et_cid iterableemailcampaignid iterabletemplateid iterablemessageid
    cndid bxid hasha hashb hashc
"""
_ANALYTICS = """
    _ga _gl _gac __s _branch_match_id _branch_referrer
    pk_campaign pk_cid pk_content pk_keyword pk_kwd pk_medium pk_source pk_placement pk_group
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee wt_mc wt_zmc wt.mc_id s_cid s_campaign icid
    cmpid cmp ncid ocid smid smtyp srnd ftag xtor xtref tpcc
    at_medium at_campaign at_format at_link_id at_link_type at_link_origin at_ptr_name at_bbc_team at_creation at_variant
    cx_testid cx_testvariant cx_artpos cx_experienceid guccounter guce_referrer guce_referrer_sig
    _trksid trkid trk_contact trk_msg trk_module trk_sid wprov ref_src ref_url
    hmsr hmpl hmcu hmkw hmci pgv_ref log_from spm_id_from
"""
_SHARING = """
    sr_share soc_src soc_trk __twitter_impression referringsource
    amp_js_v amp_gsa amp_ct amp_tf usqp aoh __amp_source_origin
"""
_CHINESE_APPS = """
    spm scm xhsshare xsec_token xsec_source shareredid apptime appuid
    share_token share_from share_source share_medium share_plat share_session_id share_tag share_id share_channel share_did
    share_iid share_uid share_sign share_version share_app_id share_from_user_hidden shareuid shareto wxshare_count
    sharer_shareid sharer_shareinfo sharer_shareinfo_first sharer_sharetime mpshare xgshare app_share isfromh5share
    tt_from tt_medium is_new_connect is_new_user with_sec_did unique_k bbid vd_source
    isappinstalled nsukey pass_ticket wx_header chksm ascene subscene clicktime enterid exportkey forceh5 fontgear
    spss spsnuid spsdevid spsvid spsshare spsts spstoken
"""
_SESSIONS = """
    phpsessid jsessionid asp.net_sessionid cfid cftoken oscsid xtcsid zenid sessionid session_id sessid
"""
NAMES = frozenset((_ADVERTISING + _NEWSLETTERS + _ANALYTICS + _SHARING + _CHINESE_APPS + _SESSIONS).split())
PREFIXES = (
    *("utm_", "mtm_", "piwik_", "matomo_", "hmsr_"),  # campaigns: Google, Matomo, Baidu
    *("_hs", "__hs", "hsa_", "bsft_", "sfmc_"),  # mailings: HubSpot, Blueshift, Salesforce
    *("__cft__", "__xts__", "weixin_share_"),  # Facebook, WeChat
    "aspsessionid",
)

# These names choose content on some sites; only these values of theirs are traces.
VALUES = {
    "from": frozenset(
        ("singlemessage", "groupmessage", "timeline", "favorites", "weixin", "wechat", "weibo", "qq", "qzone", "rss")
    ),
    "source": frozenset(("weixin", "wechat", "singlemessage", "groupmessage", "timeline")),
    "feature": frozenset(("share", "youtu.be")),
    "scene": frozenset(("timeline", "singlemessage", "groupmessage")),
    "share": frozenset(
        ("facebook", "twitter", "x", "whatsapp", "linkedin", "reddit", "telegram", "pinterest", "tumblr", "email")
    ),
    "wfr": frozenset(("spider",)),
}

# ---------------------------------------------------------------- sessions

# `sid` and `s` are sessions when their value is a hash and a forum's own number of a page stands beside it.
_SESSION_IF_BESIDE = frozenset(("sid", "s"))
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:f|t|p|id|tid|pid|fid|topic)=[0-9]+", re.IGNORECASE)
# Java's session after a segment, and ASP.NET's as one: 24 characters, letters and the digits 0 to 5.
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*|/\(S\([a-z0-5]{24}\)\)(?=/)", re.IGNORECASE)


def without_sessions(path: str) -> str:
    """Return *path* without session ids: `;jsessionid=…`, `/(S(…))/`. Idempotent."""
    while (shorter := _SESSION_IN_PATH.sub("", path)) != path:  # what was cut out may leave another one
        path = shorter
    return path


def without_traces(query: str) -> str:
    """Return *query* without tracking parameters, session ids and empty pairs, the rest in its order. Idempotent."""
    kept = [pair for pair in query.split("&") if pair and not is_trace(pair)]
    if any(pair[0] in "sS" and _may_be_session(pair) for pair in kept) and any(map(_PAGE_NUMBER.fullmatch, kept)):
        kept = [pair for pair in kept if not _may_be_session(pair)]
    return "&".join(kept)


def is_trace(pair: str) -> bool:
    """Return whether the parameter *pair*, `name=value`, says by itself that it is a trace."""
    name, _, value = pair.partition("=")
    name = (unquote(name) if "%" in name else name).lower()
    if name in NAMES or name.startswith(PREFIXES):
        return True
    return name in VALUES and unquote(value).lower() in VALUES[name]


def _may_be_session(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name.lower() in _SESSION_IF_BESIDE and _HASH.fullmatch(value) is not None
