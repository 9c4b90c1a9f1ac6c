"""Names of months in the languages that news is written in (Unicode CLDR, genitive forms where dates use them)."""

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
    януари февруари март април май юни юли август септември октомври ноември декември
    јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра
    студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня
    қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
    januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra
    januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra
    siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopad studenoga prosinca
    siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac
    sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
    janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris
    janvāra februāra marta aprīļa maija jūnija jūlija augusta septembra oktobra novembra decembra
    jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember
    janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember
    janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor
    xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro
    yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
    yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr
    januari februari mac april mei jun julai ogos september oktober november disember
    januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba
    enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre
    ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος νοέμβριος δεκέμβριος
    იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი
    հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    يناير فبراير مارس إبريل ماي يونيه يوليوز غشت شتنبر أكتوبر نونبر دجنبر
    جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر
    كانون‌الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين‌الأول تشرين‌الثاني كانون‌الأول
    ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
    جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر
    ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
    जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
    जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर
    জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
    ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்
    జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జులై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్
    જાન્યુઆરી ફેબ્રુઆરી માર્ચ એપ્રિલ મે જૂન જુલાઈ ઑગસ્ટ સપ્ટેમ્બર ઑક્ટોબર નવેમ્બર ડિસેમ્બર
    ಜನವರಿ ಫೆಬ್ರವರಿ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್ ಸೆಪ್ಟೆಂಬರ್ ಅಕ್ಟೋಬರ್ ನವೆಂಬರ್ ಡಿಸೆಂಬರ್
    ജനുവരി ഫെബ്രുവരി മാർച്ച് ഏപ്രിൽ മേയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ് സെപ്റ്റംബർ ഒക്ടോബർ നവംബർ ഡിസംബർ
    มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
"""
_THAI_SHORT = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
# Where a name means another month than to its neighbours, that of this language.
_LOCAL = {"hr": {"listopad": 10, "listopada": 10, "lip": 6, "srp": 7}}
_SHORTEST = 3  # letters of an abbreviation


def _plain(name: str) -> str:
    if name.isascii():
        return name.lower()
    stripped = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i").replace("\u200c", " "))
    return "".join(char for char in stripped if not unicodedata.combining(char))


def _prefixes() -> dict[str, int]:
    found: dict[str, int] = {}
    rows = [list(map(_plain, row.split())) for row in _NAMES.strip().splitlines()]
    for row in rows:
        for month, name in enumerate(row, start=1):
            found.setdefault(name, month)
    for row in rows:
        for month, name in enumerate(row, start=1):
            for end in range(_SHORTEST, len(name)):
                found.setdefault(name[:end], month)
    return found | {_plain(name): month for month, name in enumerate(_THAI_SHORT.split(), start=1)}


_MONTHS = _prefixes()
NAME = r"[^\W\d_]{3,14}"  # what may be a month's name in the Latin, Greek and Cyrillic scripts
# … and in others, whose vowel signs are no \w, and where two letters may be a name; the two-word months of the Levant too.
NAME_ELSEWHERE = (
    r"(?:(?:كانون|تشرين) (?:الأول|الثاني)|[\u0e00-\u0e4f]{1,3}\.[\u0e00-\u0e4f]{1,2}\.|"
    r"[\u0531-\u0587\u05d0-\u05ea\u0620-\u0659\u0670-\u06d3\u0900-\u0e4f\u10d0-\u10fa]{2,14})"
)
_HEBREW_IN = "ב"  # "in": written together with the month


def month_number(name: str, language: str | None = None) -> int | None:
    """Return 1 to 12 for the *name* of a month or its abbreviation (three letters or more, any case), else None.

    *language* (BCP 47) tells apart what neighbours use for different months: "listopad" is October in Croatian.
    """
    plain = _plain(name)
    local = _LOCAL.get(language.partition("-")[0]) if language else None
    if local is not None and plain in local:
        return local[plain]
    return _MONTHS.get(plain) or (_MONTHS.get(plain[1:]) if plain.startswith(_HEBREW_IN) else None)
