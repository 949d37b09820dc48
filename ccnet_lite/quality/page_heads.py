"""What pages say around a text, of three more kinds: heads of lists, notices, names of sections and languages.

A head says that a list follows. A notice marks its line whatever else the line says, for it speaks to the visitor
(cookies, rights, a newsletter). Names of sections and of languages are hints. By hand, as page_words.py is,
in the forms that such lines have most.
"""

HEADS = {
    "en": "related articles, related stories, related posts, related news, related content, related links, "
    "related topics, related reading, most read, most viewed, most popular, popular posts, popular articles, "
    "latest news, latest posts, recent posts, recent articles, more stories, more news, more from, "
    "you may also like, you might also like, you may also be interested in, read also, "
    "recommended for you, recommended reading, trending now, top stories, tags, categories, archives, blogroll",
    "de": "mehr zum thema, ähnliche artikel, ähnliche beiträge, verwandte artikel, verwandte themen, "
    "weitere artikel, weitere beiträge, weitere nachrichten, das könnte sie auch interessieren, "
    "das könnte dich auch interessieren, meistgelesen, meistgelesene artikel, meist gelesen, "
    "neueste beiträge, neueste artikel, lesen sie auch, "
    "auch interessant, schlagworte, schlagwörter, kategorien",
    "es": "noticias relacionadas, artículos relacionados, entradas relacionadas, lo más leído, lo más visto, "
    "más leídas, más noticias, últimas noticias, entradas recientes, te puede interesar, "
    "también te puede interesar, también te puede gustar, le puede interesar, "
    "lea también, etiquetas, categorías",
    "fr": "articles similaires, articles liés, articles associés, articles récents, à lire aussi, lire aussi, "
    "sur le même sujet, sur le même thème, dans la même rubrique, les plus lus, les plus consultés, "
    "les plus populaires, derniers articles, vous aimerez aussi, "
    "vous pourriez aussi aimer, mots-clés, mots clés",
    "pt": "artigos relacionados, notícias relacionadas, matérias relacionadas, posts relacionados, mais lidas, "
    "mais lidas da semana, mais lidos, mais vistas, últimas notícias, leia também, veja também, "
    "você também pode gostar, pode interessar, posts recentes, categorias, etiquetas, marcadores",
    "it": "articoli correlati, articoli simili, articoli recenti, "
    "notizie correlate, i più letti, le più lette, "
    "ultime notizie, leggi anche, potrebbe interessarti, potrebbe interessarti anche, ti potrebbe interessare, "
    "potrebbero interessarti, etichette, categorie",
    "nl": "gerelateerde artikelen, gerelateerd nieuws, gerelateerde berichten, meest gelezen, best gelezen, "
    "meer nieuws, laatste nieuws, lees ook, "
    "bekijk ook, dit vind je misschien ook leuk, trefwoorden, categorieën",
    "nordic": "relaterade artiklar, relaterat, mest lästa, mest läst, läs också, läs även, läs mer om, senaste "
    "nytt, liknande artiklar, ämnen, kategorier, etiketter, relaterede artikler, relaterte artikler, "
    "mest læste, mest læst, mest lest, læs også, les også, siste nytt, seneste nyt, aiheeseen liittyvää, "
    "aiheeseen liittyvät, luetuimmat, lue myös, katso myös, "
    "lisää aiheesta, uusimmat, avainsanat, tengdar fréttir",
    "pl": "powiązane artykuły, podobne artykuły, podobne wpisy, najczęściej czytane, najpopularniejsze, "
    "najnowsze wpisy, zobacz także, zobacz też, zobacz również, przeczytaj także, przeczytaj również, "
    "czytaj także, czytaj też, polecamy, może cię zainteresować, tagi, kategorie",
    "cs": "související články, podobné články, nejčtenější, nejčtenější články, čtěte také, přečtěte si také, "
    "mohlo by vás zajímat, mohlo by vás také zajímat, další články, štítky, rubriky, súvisiace články, "
    "najčítanejšie, čítajte aj, mohlo by vás zaujať, povezani članci, povezane vijesti, najčitanije, "
    "pročitajte još, pročitajte i, vezane vesti, najnovije, sorodni članki, preberite tudi, najbolj brano",
    "hu": "kapcsolódó cikkek, kapcsolódó, legolvasottabb, legolvasottabbak, legnépszerűbb, ez is érdekelheti, "
    "ez is érdekelhet, olvassa el ezt is, további cikkek, legfrissebb, címkék, kategóriák",
    "ro": "articole similare, articole recente, știri similare, cele mai citite, citește și, vezi și, "
    "te-ar putea interesa, ultimele știri, etichete, categorii",
    "ru": "похожие статьи, похожие материалы, похожие записи, материалы по теме, статьи по теме, "
    "новости по теме, ещё по теме, еще по теме, читайте также, смотрите также, самое читаемое, "
    "самое популярное, популярные статьи, последние новости, последние записи, свежие записи, "
    "вам может быть интересно, вам может понравиться, вам будет интересно, теги, метки, рубрики",
    "uk": "схожі статті, схожі матеріали, матеріали за темою, новини за темою, читайте також, дивіться також, "
    "найпопулярніше, найчитаніше, останні новини, вас може зацікавити, вам може сподобатися, теги, мітки, "
    "категорії, свързани статии, свързани новини, най-четени, прочетете още, още по темата, последни новини, "
    "етикети, најчитаније, најновије, повезане вести, "
    "прочитајте још, најчитано, поврзани вести, чытайце таксама",
    "el": "σχετικά άρθρα, σχετικές ειδήσεις, διαβάστε επίσης, δείτε επίσης, τα πιο διαβασμένα, "
    "τα πιο δημοφιλή, δημοφιλή άρθρα, πρόσφατα άρθρα, τελευταία νέα, μπορεί να σας ενδιαφέρει, "
    "ίσως σας ενδιαφέρουν, ετικέτες, κατηγορίες",
    "tr": "ilgili haberler, ilgili yazılar, ilgili konular, benzer haberler, benzer yazılar, en çok okunanlar, "
    "en çok okunan, son haberler, son yazılar, diğer haberler, bunlar da ilginizi çekebilir, "
    "ilginizi çekebilir, etiketler, kategoriler, oxşar xəbərlər, ən çox oxunanlar, digər xəbərlər",
    "vi": "tin liên quan, bài viết liên quan, bài liên quan, tin cùng chuyên mục, cùng chuyên mục, tin khác, "
    "bài viết khác, đọc nhiều nhất, đọc nhiều, xem nhiều, tin mới nhất, bài viết mới, có thể bạn quan tâm, "
    "từ khóa, chuyên mục",
    "id": "artikel terkait, berita terkait, baca juga, lihat juga, paling banyak dibaca, terpopuler, "
    "artikel lainnya, berita lainnya, berita terbaru, anda mungkin juga suka, mungkin anda suka, kategori, "
    "berita berkaitan, artikel berkaitan, habari zinazohusiana, makala zinazohusiana, zilizosomwa zaidi, "
    "zinazosomwa zaidi, soma pia, habari mpya, huenda ukapenda, mga kaugnay na balita, basahin din",
    "ar": "مقالات ذات صلة, مواضيع ذات صلة, أخبار ذات صلة, مواضيع مشابهة, مقالات مشابهة, اقرأ أيضا, "
    "اقرأ أيضاً, شاهد أيضا, شاهد أيضاً, الأكثر قراءة, "
    "الأكثر مشاهدة, آخر الأخبار, أحدث المقالات, قد يعجبك أيضا, "
    "قد يعجبك أيضاً, قد يهمك أيضا, الوسوم, كلمات دلالية, الكلمات المفتاحية, التصنيفات",
    "fa": "مطالب مرتبط, اخبار مرتبط, مطالب مشابه, پربازدیدترین, پربازدیدها, پربیننده‌ترین, آخرین اخبار, "
    "بیشتر بخوانید, شاید بپسندید, برچسب ها, برچسب‌ها, "
    "دسته بندی, دسته‌بندی, متعلقہ خبریں, یہ بھی پڑھیں, تازہ ترین",
    "he": "כתבות קשורות, כתבות נוספות, מאמרים נוספים, עוד בנושא, הנקראות ביותר, הנצפות ביותר, "
    "אולי יעניין אותך, אולי יעניין אתכם, קראו גם, תגיות, קטגוריות",
    "indic": "संबंधित खबरें, संबंधित समाचार, संबंधित लेख, "
    "ये भी पढ़ें, यह भी पढ़ें, सबसे ज्यादा पढ़ी गई, ताज़ा खबरें, "
    "ताजा खबरें, आपको यह भी पसंद आ सकता है, टैग्स, टैग, "
    "श्रेणियां, संबंधित बातम्या, हे पण वाचा, सम्बन्धित समाचार, "
    "সম্পর্কিত খবর, সম্পর্কিত সংবাদ, সর্বাধিক পঠিত, সর্বশেষ খবর, আরও খবর, আপনার ভালো লাগতে পারে, ট্যাগ, বিভাগ, "
    "தொடர்புடைய செய்திகள், அதிகம் படித்தவை, மேலும் செய்திகள், நீங்கள் விரும்பலாம், குறிச்சொற்கள், "
    "సంబంధిత వార్తలు, ఇవి కూడా చదవండి, ಸಂಬಂಧಿತ ಸುದ್ದಿ, ಇದನ್ನೂ ಓದಿ, ബന്ധപ്പെട്ട വാർത്തകൾ, സംബന്ധമായ വാർത്തകൾ, "
    "સંબંધિત સમાચાર, આ પણ વાંચો, ਸੰਬੰਧਿਤ ਖ਼ਬਰਾਂ",
    "th": "ข่าวที่เกี่ยวข้อง, บทความที่เกี่ยวข้อง, เรื่องที่เกี่ยวข้อง, "
    "บทความอื่นๆ, ข่าวล่าสุด, บทความล่าสุด, อ่านมากที่สุด, "
    "ข่าวยอดนิยม, คุณอาจสนใจ, คุณอาจชอบ, แท็ก, หมวดหมู่",
    "east": "相关文章, 相关新闻, 相关阅读, 相关报道, 相关推荐, "
    "延伸阅读, 推荐阅读, 猜你喜欢, 热门文章, 热门推荐, "
    "热门排行, 最新文章, 您可能感兴趣, 友情链接, 标签, "
    "相關文章, 相關新聞, 相關報導, 延伸閱讀, 推薦閱讀, 熱門文章, "
    "您可能感興趣, 標籤, 関連記事, 関連する記事, 関連ニュース, おすすめ記事, こちらもおすすめ, 人気記事, "
    "アクセスランキング, 新着記事, 最新記事, 最近の投稿, タグ, "
    "カテゴリー, アーカイブ, 관련기사, 관련 기사, 관련 글, "
    "많이 본 뉴스, 많이 본 기사, 인기기사, 인기 기사, 최신기사, "
    "최신 기사, 추천 기사, 이런 기사는 어때요, 태그, 카테고리",
}
NOTICES = {
    "rights": "all rights reserved, alle rechte vorbehalten, "
    "todos los derechos reservados, tous droits réservés, "
    "todos os direitos reservados, tutti i diritti riservati, alle rechten voorbehouden, "
    "alla rättigheter förbehållna, alle rettigheder forbeholdes, alle rettigheter reservert, "
    "med ensamrätt, kaikki oikeudet pidätetään, wszelkie prawa zastrzeżone, wszystkie prawa zastrzeżone, "
    "všechna práva vyhrazena, všetky práva vyhradené, minden jog fenntartva, toate drepturile rezervate, "
    "sva prava pridržana, sva prava zadržana, vse pravice pridržane, все права защищены, всі права захищені, "
    "усі права захищені, усі права захищено, всі права захищено, всички права запазени, сва права задржана, "
    "με επιφύλαξη παντός δικαιώματος, tüm hakları saklıdır, bütün hüquqlar qorunur, giữ toàn quyền, "
    "giữ bản quyền, mọi quyền được bảo lưu, hak cipta dilindungi, hak cipta terpelihara, "
    "haki zote zimehifadhiwa, جميع الحقوق محفوظة, تمامی حقوق, کلیه حقوق, جملہ حقوق محفوظ, כל הזכויות שמורות, "
    "सर्वाधिकार सुरक्षित, সর্বস্বত্ব সংরক্ষিত, அனைத்து உரிமைகளும், అన్ని హక్కులు, สงวนลิขสิทธิ์, "
    "版权所有, 版權所有, 保留所有权利, 保留一切權利, 無断転載, 禁無断転載, 무단 전재, 무단전재",
    "cookies": "we use cookies, uses cookies, use of cookies, our cookie policy, wir verwenden cookies, "
    "wir nutzen cookies, verwendet cookies, nutzt cookies, "
    "utilizamos cookies, usamos cookies, utiliza cookies, "
    "uso de cookies, utilisons des cookies, "
    "utilise des cookies, utilisation de cookies, utilização de cookies, "
    "utilizziamo i cookie, utilizza i cookie, utilizza cookie, "
    "usa i cookie, uso dei cookie, utilizziamo cookie, "
    "gebruiken cookies, gebruikt cookies, maakt gebruik van cookies, använder cookies, bruger cookies, "
    "bruker cookies, informasjonskapsler, käytämme evästeitä, "
    "käyttää evästeitä, plików cookies, plików cookie, "
    "pliki cookies, soubory cookie, súbory cookie, sütiket használ, sütiket használunk, cookie-kat használ, "
    "folosim cookie-uri, utilizează cookie-uri, folosește cookie-uri, koristi kolačiće, koristimo kolačiće, "
    "файлы cookie, файлов cookie, файли cookie, файлів cookie, използва бисквитки, използваме бисквитки, "
    "χρησιμοποιούμε cookies, χρησιμοποιεί cookies, çerezler kullanıyoruz, "
    "çerez kullanıyoruz, çerezleri kullanıyoruz, çerez kullanmaktadır, sử dụng cookie, "
    "menggunakan cookie, menggunakan kuki, tunatumia vidakuzi, ملفات تعريف الارتباط, از کوکی, کوکی‌ها, "
    "משתמשים בעוגיות, משתמש בעוגיות, कुकीज़ का उपयोग, कुकीज का उपयोग, কুকি ব্যবহার, குக்கீகளை, ใช้คุกกี้, "
    "使用cookie, 使用 cookie, クッキーを使用, cookieを使用, cookieを利用, 쿠키를 사용",
    "letters": "our newsletter, our daily newsletter, "
    "your email address, your e-mail address, ihre e-mail-adresse, "
    "nuestro boletín, votre adresse e-mail, notre newsletter, nossa newsletter, il tuo indirizzo email, "
    "nostra newsletter, onze nieuwsbrief, voor de nieuwsbrief, vårt nyhetsbrev, vores nyhedsbrev, "
    "tilaa uutiskirje, do newslettera, adres e-mail, odebírejte newsletter, náš newsletter, "
    "hírlevelünkre, e-mail címe, la newsletter, подпишитесь на рассылку, на нашу рассылку, "
    "підпишіться на розсилку, το email σας, στο newsletter, bültenimize, e-posta adresiniz, nhận bản tin, "
    "buletin kami, alamat email anda, jarida letu, barua pepe yako, نشرتنا البريدية, النشرة البريدية, "
    "بريدك الإلكتروني, عضویت در خبرنامه, ایمیل شما, לניוזלטר, न्यूज़लेटर, আমাদের নিউজলেটার, செய்திமடலுக்கு, "
    "จดหมายข่าว, 订阅我们, 您的邮箱, 訂閱電子報, メールマガジンに登録, 뉴스레터 구독",
}
SECTIONS = (
    "news, sport, sports, business, opinion, culture, politics, world, technology, entertainment, lifestyle, "
    "weather, science, nachrichten, wirtschaft, meinung, "
    "kultur, politik, wissen, noticias, deportes, economía, "
    "opinión, cultura, política, sociedad, actualités, "
    "économie, opinions, politique, monde, notícias, esportes, "
    "desporto, economia, opinião, notizie, cronaca, opinioni, "
    "esteri, nieuws, economie, opinie, cultuur, nyheter, "
    "ekonomi, debatt, kultur, nyheder, økonomi, uutiset, urheilu, talous, mielipide, kulttuuri, wiadomości, "
    "gospodarka, opinie, kultura, zprávy, ekonomika, názory, "
    "hírek, gazdaság, vélemény, kultúra, știri, opinii, "
    "cultură, vijesti, vesti, новости, спорт, экономика, "
    "мнения, культура, политика, общество, новини, економіка, "
    "думки, ειδήσεις, αθλητικά, οικονομία, απόψεις, πολιτισμός, "
    "haberler, spor, gündem, görüş, kültür, tin tức, "
    "thể thao, kinh tế, văn hóa, thời sự, berita, olahraga, opini, budaya, habari, michezo, uchumi, utamaduni, "
    "أخبار, رياضة, اقتصاد, رأي, ثقافة, سياسة, اخبار, ورزشی, اقتصاد, فرهنگ, سیاسی, חדשות, ספורט, כלכלה, דעות, "
    "תרבות, समाचार, खेल, कारोबार, मनोरंजन, देश, विदेश, "
    "খবর, খেলা, অর্থনীতি, মতামত, সংস্কৃতি, বিনোদন, செய்திகள், "
    "விளையாட்டு, வணிகம், கருத்து, சினிமா, ข่าว, กีฬา, เศรษฐกิจ, "
    "การเมือง, บันเทิง, 新闻, 体育, 财经, 娱乐, 文化, 新聞, "
    "體育, 財經, 娛樂, ニュース, スポーツ, 経済, 政治, 芸能, "
    "エンタメ, 뉴스, 스포츠, 경제, 정치, 사회, 연예, 문화, 오피니언"
)
LANGUAGES = (
    "english, deutsch, español, français, português, italiano, nederlands, polski, svenska, suomi, čeština, "
    "magyar, română, türkçe, tiếng việt, bahasa indonesia, "
    "kiswahili, русский, українська, български, ελληνικά, "
    "العربية, فارسی, עברית, हिन्दी, हिंदी, বাংলা, தமிழ், ไทย, 中文, 简体中文, 繁體中文, 日本語, 한국어"
)
