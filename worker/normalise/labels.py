"""The words before a colon that say what somebody did for an article, in the languages of the press."""

from worker.models import Role

LONGEST_LABEL = 32  # letters of "reviewed and written by"

# What stands before a colon. Words that also mean a text, a picture or a place of their own count with a name alone.
_LABELS = {
    Role.AUTHOR: "author|authors|author(s)|by|written by|authored by|published by|article by|reviewed and written by|contributor|contributors|contributor(s)|interview|rédaction|redactor|redactora|verfasser:in|autor:in|words|words by|text|text by|story|story by|posted by|writer|autor|autorin|autoren|verfasser|verfasserin|von|"
    "geschrieben von|auteur|auteure|autrice|auteurs|texte|texte de|par|écrit par|autora|autores|autoras|texto|texto de|por|escrito por|autore|autori|testo|testo di|di|"
    "scritto da|tekst|door|geschreven door|författare|skribent|av|af|forfatter|skrevet av|skrevet af|kirjoittaja|kirjoittajat|teksti|autorka|autorzy|napisał|napisała|"
    "autoři|napsal|napsala|napísal|napísala|szerző|szerzők|írta|scris de|text de|автор|авторы|автори|текст|пише|συντάκτης|συντάκτρια|συντάκτες|γράφει|γράφει ο|"
    "γράφει η|κείμενο|yazan|yazar|yazı|penulis|oleh|tác giả|bài|ผู้เขียน|โดย|เรื่อง|كتب|كتبت|كاتب|الكاتب|بقلم|نویسنده|نوشته|نگارنده|מאת|כתב|כתבה|כותב|लेखक|लेखिका|लेखन|"
    "লেখক|লিখেছেন|எழுதியவர்|piše|napisao|napisala|autor teksta|escrit per|autor/a|著者|執筆|筆者|文|作者|글|글쓴이|작성자|may-akda|mwandishi",
    Role.REPORTER: "reporter|reporters|reported by|reporting|reporting by|additional reporting|additional reporting by|reporterin|reportage|reportaje|reportagem|reporteros|"
    "reportero|repórter|toimittaja|reporterka|muhabir|haber|wartawan|phóng viên|pv|ผู้สื่อข่าว|ผู้รายงาน|مراسل|تقرير|خبرنگار|گزارش|संवाददाता|रिपोर्टर|প্রতিবেদক|"
    "取材|取材・文|記者|기자|취재|취재기자|репортёр|репортер|репортаж|novinar|novinář|riporter",
    Role.CORRESPONDENT: "correspondent|correspondents|korrespondent|korrespondentin|correspondant|correspondante|corresponsal|corrispondente|correspondente|korespondent|"
    "korespondentka|корреспондент|корреспонденты|кореспондент|ανταποκριτής|cộng tác viên|koresponden|kontributor|特派員|특파원",
    Role.EDITOR: "editor|editors|edited by|editing|editing by|redakteur|redakteurin|redaktion|bearbeitung|édité par|rédacteur en chef|éditeur|editado por|edición|editora|"
    "edição|a cura di|redactie|eindredactie|redactör|redaktör|redaktør|redigering|redigerad av|redaktor|redaktorka|redakcja|editoři|redakce|szerkesztő|szerkesztette|"
    "редактор|редакторы|редактура|επιμέλεια|επιμέλεια κειμένου|editör|redaktur|penyunting|biên tập|biên tập viên|btv|บรรณาธิการ|تحرير|المحرر|ویراستار|دبیر|עריכה|עורך|עורכת|"
    "संपादक|संपादन|সম্পাদক|編集|編集者|編集担当|편집|편집자|edita|uredio|uredila|urednik|urednica|toimittanut",
    Role.PHOTOGRAPHER: "photo|photos|photo by|photos by|photograph by|photographs|photographs by|photography|photography by|photographer|photographers|pictures by|"
    "foto|fotos|fotos von|foto von|fotograf|fotografin|fotografie|bilder|bild|photographe|photographie|photographies|photos de|photo de|fotografía|fotografías|fotografías de|"
    "fotos de|fotógrafo|fotógrafa|fotografia|fotografias|foto di|fotografo|foto's|fotograaf|beeld|fotografer|kuva|kuvat|valokuvat|kuvaaja|zdjęcia|zdjęcie|fot|fotky|fotó|"
    "fotók|fénykép|фото|фотограф|фотографии|снимки|φωτογραφίες|φωτογραφία|φωτογράφος|fotoğraf|fotoğraflar|ảnh|ภาพ|ช่างภาพ|تصوير|عکس|عکاس|צילום|צילומים|צלם|"
    "फोटो|ছবি|写真|撮影|사진|사진기자",
    Role.TRANSLATOR: "translated by|translation|translation by|translator|translators|übersetzung|übersetzt von|übersetzer|übersetzerin|aus dem englischen von|traduction|"
    "traduit par|traducteur|traductrice|traducción|traducido por|traductor|traductora|tradução|traduzido por|tradutor|tradutora|traduzione|traduzione di|tradotto da|"
    "traduttore|vertaling|vertaald door|vertaler|översättning|översättare|oversættelse|oversættelse af|oversatt av|oversettelse|suomennos|suomentanut|tłumaczenie|tłum|"
    "tłumacz|překlad|přeložil|přeložila|preklad|preložil|preložila|fordítás|fordította|traducere|traducere de|перевод|перевёл|перевела|переводчик|переклад|превод|"
    "μετάφραση|çeviri|çeviren|penerjemah|alih bahasa|dịch|người dịch|แปล|ผู้แปล|แปลโดย|ترجمة|ترجمه|مترجم|תרגום|अनुवाद|অনুবাদ|翻訳|翻訳者|訳|訳者|번역|옮긴이|prijevod|prevod",
    Role.SOURCE: "source|quelle|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|forrás|sursa|sursă|источник|джерело|източник|πηγή|kaynak|sumber|nguồn|theo|ที่มา|"
    "المصدر|منبع|מקור|स्रोत|সূত্র|出典|配信元|출처|izvor|font",
}  # fmt: skip
_ROLES = {label.casefold(): role for role, labels in _LABELS.items() for label in labels.split("|")}
_OPENERS = "(（【[•·|/／,;.:"
_LAST_WORDS = frozenset(label.rsplit(" ", 1)[-1] for label in _ROLES)
# The last two letters of any of them, and a blank after the last: passes over nearly all colons at little cost.
_ENDS = frozenset(
    form for word in _LAST_WORDS for end in (word[-2:], f"{word[-1]} ", f"{word[-1]}\u00a0") for form in (end, end.upper())
)
_ENDS |= {end.replace("σ", "ς") for end in _ENDS}
MOST_LABEL_WORDS = max(label.count(" ") for label in _ROLES) + 1


def role_of(label: str) -> Role | None:
    """Return the role that the word or words before a colon name, None if they name none."""
    return _ROLES.get(label.strip().casefold()) if len(label) <= LONGEST_LABEL else None


def labels(text: str, colon: str) -> list[int]:
    """Return the places of *text* at which a *colon* stands after what may end a label."""
    found, at = [], 0
    for piece in text.split(colon)[:-1]:
        at += len(piece)
        if piece[-2:] in _ENDS and ends_label(piece, len(piece)):
            found.append(at)
        at += 1
    return found


def ends_label(text: str, at: int) -> bool:
    """Return whether the word before the colon at *at* may end a label; nearly all others are clocks, speech, headings."""
    words = text[max(0, at - LONGEST_LABEL) : at].rsplit(None, 1)
    word = words[-1] if words else ""
    if not word.isalpha():
        if word[-1:].isdigit():
            return False
        word = word[max(map(word.rfind, _OPENERS)) + 1 :]
    return word.casefold() in _LAST_WORDS
