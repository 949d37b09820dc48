"""What pages say around a text, in many languages: buttons, menus, footers, and the names of networks.

Phrases that a page's furniture uses and prose hardly does as a line of its own. Written by hand; a language that
is not here is seen by the crawl's own repetition, by copyright signs and by the names of networks.
"""

from functools import cache

from ccnet_lite.quality.page_heads import HEADS, LANGUAGES, NOTICES, SECTIONS
from ccnet_lite.quality.page_languages import MORE
from ccnet_lite.text.phrases import Phrases

NETWORKS = (
    "facebook, twitter, instagram, youtube, pinterest, linkedin, whatsapp, telegram, reddit, tumblr, "
    "flipboard, snapchat, tiktok, vkontakte, вконтакте, одноклассники, weibo, 微博, 微信, viber, flickr, "
    "google+, google plus, messenger, mastodon, bluesky, discord, sms, email, e-mail, vimeo, pocket, skype, "
    "xing"
)
FURNITURE = {
    "any": "rss, disqus, feedburner, app store, google play, copyright, cookies, newsletter, newsletters, faq, "
    "login, blog, blogs, podcast, podcasts, recaptcha, sitemap, adchoices, widget, wordpress, trackback, "
    "permalink",
    "en": "share, share this, share on, tweet, print, follow us, follow, like us, read more, see more, "
    "show more, learn more, more from, more on, read also, see also, also read, read next, up next, "
    "you may also like, you might also like, recommended, recommended for you, related, "
    "related articles, related stories, related posts, related news, related topics, related content, "
    "related links, related video, related videos, more stories, more news, top stories, latest news, "
    "latest stories, recent posts, recent articles, recent comments, popular posts, popular, "
    "most popular, most read, most viewed, trending, trending now, editor's picks, editors' picks, "
    "previous article, next article, previous post, next post, previous, next, older posts, newer posts, "
    "comments, comment, no comments, leave a comment, leave a reply, post a comment, add a comment, "
    "view comments, show comments, reply, cancel reply, log in, log out, sign in, sign up, sign out, "
    "register, subscribe, subscribe now, subscribe to, subscription, subscriptions, my account, privacy, "
    "privacy policy, privacy notice, cookie policy, cookie notice, cookie settings, terms of use, "
    "terms of service, terms and conditions, terms & conditions, terms, legal notice, disclaimer, "
    "all rights reserved, contact, contact us, about us, about, advertise, advertise with us, "
    "advertisement, advertisements, advertising, sponsored, careers, site map, help, help center, "
    "accessibility, home, homepage, search, search for, menu, skip to content, skip to main content, "
    "toggle navigation, close, categories, category, tags, archives, archive, filed under, posted in, "
    "posted by, download, photos, videos, video, gallery, newsletter sign up, powered by, feedback, "
    "back to top, go to top, view all, see all, click here, email address, site index, your email, "
    "enter your email",
    "de": "teilen, drucken, folgen sie uns, mehr lesen, weiterlesen, mehr zum thema, zum thema, "
    "lesen sie auch, lesen sie mehr, ähnliche artikel, verwandte artikel, verwandte themen, "
    "das könnte sie auch interessieren, auch interessant, meistgelesen, neueste artikel, "
    "aktuelle artikel, vorheriger artikel, nächster artikel, kommentare, kommentar schreiben, "
    "kommentieren, anmelden, abmelden, einloggen, registrieren, abonnieren, abo, datenschutz, "
    "datenschutzerklärung, nutzungsbedingungen, impressum, agb, alle rechte vorbehalten, kontakt, "
    "über uns, werbung, anzeige, mediadaten, startseite, suche, suchen, menü, schlagworte, kategorien, "
    "archiv, nach oben, merkliste, karriere, hilfe, barrierefreiheit, warenkorb, mehr anzeigen",
    "fr": "partager, imprimer, suivez-nous, lire la suite, en savoir plus, lire aussi, à lire aussi, "
    "voir aussi, articles similaires, articles liés, sur le même sujet, vous aimerez aussi, "
    "les plus lus, derniers articles, article précédent, article suivant, commentaires, commentaire, "
    "laisser un commentaire, réagir, répondre, connexion, se connecter, s'inscrire, inscription, "
    "s'abonner, abonnez-vous, abonnement, mon compte, confidentialité, politique de confidentialité, "
    "conditions d'utilisation, conditions générales, mentions légales, tous droits réservés, "
    "nous contacter, contactez-nous, qui sommes-nous, à propos, publicité, plan du site, accueil, "
    "recherche, rechercher, mots-clés, catégories, aide, haut de page, recrutement, voir plus, "
    "données personnelles, cgu, cgv, gérer les cookies",
    "es": "compartir, imprimir, síguenos, leer más, ver más, más información, lee también, lea también, "
    "te puede interesar, le puede interesar, artículos relacionados, noticias relacionadas, "
    "relacionados, lo más leído, más leídas, últimas noticias, lo último, artículo anterior, "
    "artículo siguiente, anterior, siguiente, comentarios, comentar, deja un comentario, "
    "deja una respuesta, responder, iniciar sesión, cerrar sesión, ingresar, regístrate, registrarse, "
    "suscríbete, suscribite, suscribirse, suscripción, mi cuenta, privacidad, política de privacidad, "
    "política de cookies, términos y condiciones, términos de uso, condiciones de uso, aviso legal, "
    "todos los derechos reservados, contacto, contáctenos, contactanos, quiénes somos, acerca de, "
    "publicidad, anúnciate, mapa del sitio, inicio, portada, buscar, etiquetas, categorías, ayuda, menú, "
    "hemeroteca, temas",
    "it": "condividi, stampa, seguici, leggi tutto, leggi anche, leggi di più, potrebbe interessarti, "
    "articoli correlati, i più letti, ultime notizie, articolo precedente, articolo successivo, "
    "commenti, nessun commento, lascia un commento, rispondi, accedi, registrati, iscriviti, abbonati, "
    "abbonamenti, privacy, informativa sulla privacy, condizioni d'uso, note legali, "
    "tutti i diritti riservati, contatti, contattaci, chi siamo, pubblicità, mappa del sito, cerca, "
    "categorie, tag, aiuto, archivio, lavora con noi, redazione",
    "pt": "compartilhar, compartilhe, partilhar, siga-nos, leia mais, saiba mais, ver mais, leia também, "
    "veja também, artigos relacionados, notícias relacionadas, mais lidas, últimas notícias, "
    "artigo anterior, próximo artigo, próximo, comentários, comentar, deixe um comentário, "
    "deixe uma resposta, entrar, sair, cadastre-se, assine, assinar, minha conta, privacidade, "
    "política de privacidade, termos de uso, termos e condições, todos os direitos reservados, contato, "
    "contacto, fale conosco, quem somos, sobre nós, publicidade, anuncie, mapa do site, início, "
    "página inicial, buscar, pesquisar, categorias, ajuda, expediente",
    "nl": "delen, volg ons, lees meer, lees verder, lees ook, meer over, gerelateerde artikelen, "
    "meest gelezen, laatste nieuws, vorige, volgende, reacties, reageer, reageren, inloggen, "
    "registreren, abonneren, mijn account, privacybeleid, gebruiksvoorwaarden, algemene voorwaarden, "
    "alle rechten voorbehouden, over ons, adverteren, zoeken, zoek, trefwoorden, categorieën, vacatures",
    "pl": "udostępnij, drukuj, obserwuj nas, czytaj więcej, czytaj dalej, czytaj także, zobacz także, "
    "zobacz też, zobacz więcej, powiązane artykuły, podobne artykuły, najczęściej czytane, najnowsze, "
    "najpopularniejsze, polecane, poprzedni artykuł, następny artykuł, komentarze, dodaj komentarz, "
    "skomentuj, odpowiedz, zaloguj się, zaloguj, logowanie, zarejestruj się, prenumerata, subskrybuj, "
    "polityka prywatności, regulamin, warunki korzystania, wszelkie prawa zastrzeżone, kontakt, o nas, "
    "reklama, mapa strony, strona główna, szukaj, wyszukaj, tagi, kategorie, pomoc, redakcja, "
    "moje konto, więcej",
    "cs": "sdílet, tisk, číst více, čtěte také, související články, nejčtenější, komentáře, přihlásit se, "
    "přihlásit, registrace, předplatné, ochrana osobních údajů, podmínky použití, "
    "všechna práva vyhrazena, kontakt, kontakty, o nás, reklama, inzerce, mapa stránek, hledat, štítky, "
    "rubriky, zdieľať, čítajte aj, súvisiace články, najčítanejšie, prihlásiť sa, "
    "všetky práva vyhradené, ochrana osobných údajov, hľadať",
    "ro": "distribuie, citește mai mult, citeşte mai mult, citește și, articole similare, articole recente, "
    "cele mai citite, comentarii, lasă un comentariu, autentificare, abonează-te, "
    "politica de confidențialitate, termeni și condiții, toate drepturile rezervate, despre noi, "
    "publicitate, acasă, caută, etichete",
    "nordic": "dela, skriv ut, följ oss, läs mer, läs också, mest läst, senaste nytt, kommentarer, logga in, "
    "prenumerera, integritetspolicy, användarvillkor, alla rättigheter förbehållna, kontakta oss, "
    "om oss, annonsera, sök, hem, etiketter, del, følg os, læs mere, læs også, mest læste, log ind, "
    "tilmeld, abonner, privatlivspolitik, alle rettigheder forbeholdes, om os, søg, les mer, les også, "
    "mest lest, logg inn, personvern, kontakt oss, søk, jaa, tulosta, seuraa meitä, lue lisää, lue myös, "
    "luetuimmat, kommentit, kirjaudu, kirjaudu sisään, rekisteröidy, tilaa, tietosuoja, "
    "tietosuojaseloste, käyttöehdot, kaikki oikeudet pidätetään, yhteystiedot, ota yhteyttä, "
    "tietoa meistä, mainosta, etusivu, haku, avainsanat",
    "hu": "megosztás, nyomtatás, kövess minket, tovább olvasom, olvasson tovább, kapcsolódó cikkek, "
    "legolvasottabb, legfrissebb, hozzászólások, hozzászólás, bejelentkezés, regisztráció, feliratkozás, "
    "előfizetés, adatvédelem, adatkezelési tájékoztató, felhasználási feltételek, minden jog fenntartva, "
    "kapcsolat, rólunk, impresszum, hirdetés, kezdőlap, főoldal, keresés, címkék",
    "tr": "paylaş, yazdır, takip et, bizi takip edin, devamını oku, daha fazla, ilgili haberler, "
    "benzer haberler, en çok okunanlar, son haberler, son dakika, önceki haber, sonraki haber, yorumlar, "
    "yorum yap, yorum yaz, giriş yap, giriş, üye ol, kayıt ol, abone ol, gizlilik, gizlilik politikası, "
    "kullanım koşulları, çerez politikası, tüm hakları saklıdır, iletişim, bize ulaşın, hakkımızda, "
    "künye, reklam, ana sayfa, anasayfa, etiketler, kategoriler",
    "ru": "поделиться, распечатать, подписывайтесь на нас, читать далее, читать дальше, подробнее, "
    "читайте также, смотрите также, похожие статьи, статьи по теме, по теме, самое читаемое, популярное, "
    "последние новости, предыдущая статья, следующая статья, комментарии, комментировать, "
    "добавить комментарий, оставить комментарий, нет комментариев, ответить, войти, вход, регистрация, "
    "подписаться, подписка, личный кабинет, политика конфиденциальности, пользовательское соглашение, "
    "правила сайта, все права защищены, контакты, о нас, о сайте, о проекте, реклама, рекламодателям, "
    "карта сайта, главная, поиск, теги, метки, рубрики, категории, архив, вакансии, помощь, "
    "обратная связь, редакция",
    "uk": "поділитися, роздрукувати, читати далі, детальніше, читайте також, дивіться також, схожі статті, "
    "за темою, найпопулярніше, останні новини, коментарі, додати коментар, увійти, реєстрація, "
    "підписатися, підписка, політика конфіденційності, угода користувача, всі права захищені, "
    "усі права захищені, про нас, про проект, головна, пошук, категорії, контакти, сподели, прочети още, "
    "вижте още, свързани статии, коментари, вход, абонирай се, общи условия, всички права запазени, "
    "за нас, начало, търсене, категории, подели, прочитај повеќе, сва права задржана, почетна",
    "el": "κοινοποίηση, εκτύπωση, ακολουθήστε μας, διαβάστε περισσότερα, περισσότερα, διαβάστε επίσης, "
    "δείτε επίσης, σχετικά άρθρα, δημοφιλή, τελευταία νέα, σχόλια, αφήστε σχόλιο, σύνδεση, είσοδος, "
    "εγγραφή, πολιτική απορρήτου, όροι χρήσης, επικοινωνία, σχετικά με εμάς, διαφήμιση, αρχική, "
    "αναζήτηση, ετικέτες, κατηγορίες",
    "ar": "شارك, مشاركة, طباعة, تابعنا, اقرأ المزيد, المزيد, اقرأ أيضا, اقرأ أيضاً, شاهد أيضا, مقالات ذات صلة, "
    "مواضيع ذات صلة, أخبار ذات صلة, الأكثر قراءة, الأكثر مشاهدة, آخر الأخبار, المقال السابق, "
    "المقال التالي, السابق, التالي, التعليقات, تعليقات, أضف تعليق, اترك تعليقا, تسجيل الدخول, تسجيل, "
    "إنشاء حساب, اشترك, اشترك الآن, سياسة الخصوصية, شروط الاستخدام, الشروط والأحكام, جميع الحقوق محفوظة, "
    "اتصل بنا, تواصل معنا, من نحن, أعلن معنا, خريطة الموقع, الرئيسية, الصفحة الرئيسية, بحث, الوسوم, "
    "وسوم, كلمات دلالية, فيسبوك, تويتر, يوتيوب, واتساب",
    "fa": "اشتراک گذاری, چاپ, ادامه مطلب, بیشتر بخوانید, مطالب مرتبط, اخبار مرتبط, پربازدیدترین, آخرین اخبار, "
    "نظرات, ارسال نظر, نظر شما, ورود, ثبت نام, عضویت, حریم خصوصی, قوانین و مقررات, تمامی حقوق محفوظ است, "
    "تماس با ما, درباره ما, تبلیغات, صفحه اصلی, جستجو, برچسب ها, برچسب‌ها, پیوندها, شیئر کریں, "
    "مزید پڑھیں, ہم سے رابطہ, تلاش, صفحہ اول",
    "he": "שתף, שיתוף, הדפסה, עקבו אחרינו, קרא עוד, קראו עוד, כתבות נוספות, תגובות, הוסף תגובה, התחבר, "
    "התחברות, הרשמה, מדיניות פרטיות, תנאי שימוש, כל הזכויות שמורות, צור קשר, אודות, פרסום, דף הבית, "
    "ראשי, חיפוש, תגיות",
    "indic": "शेयर करें, शेयर, साझा करें, प्रिंट करें, हमें फॉलो करें, और पढ़ें, यह भी पढ़ें, ये भी पढ़ें, "
    "संबंधित खबरें, संबंधित लेख, ताज़ा खबरें, ताजा खबरें, टिप्पणी, टिप्पणियाँ, टिप्पणियां, कमेंट करें, "
    "लॉग इन, लॉगिन, साइन इन, रजिस्टर करें, सब्सक्राइब करें, गोपनीयता नीति, नियम और शर्तें, "
    "सर्वाधिकार सुरक्षित, संपर्क करें, संपर्क, हमारे बारे में, विज्ञापन, होम, मुख्य पृष्ठ, खोजें, टैग, फेसबुक, "
    "ट्विटर, শেয়ার করুন, শেয়ার, আরও পড়ুন, আরো পড়ুন, "
    "সম্পর্কিত খবর, সর্বশেষ, সর্বাধিক পঠিত, মন্তব্য, মন্তব্য করুন, "
    "লগ ইন, লগইন, গোপনীয়তা নীতি, সর্বস্বত্ব সংরক্ষিত, যোগাযোগ, "
    "আমাদের সম্পর্কে, বিজ্ঞাপন, প্রচ্ছদ, হোম, ফেসবুক, "
    "টুইটার, மேலும் படிக்க, பகிர், முகப்பு, கருத்துகள், தொடர்புக்கு, మరింత చదవండి, షేర్, హోమ్, సంప్రదించండి",
    "id": "bagikan, bagikan ke, cetak, ikuti kami, baca juga, baca selengkapnya, selengkapnya, lihat juga, "
    "artikel terkait, berita terkait, terpopuler, terkini, berita terbaru, artikel sebelumnya, "
    "artikel selanjutnya, sebelumnya, selanjutnya, komentar, tinggalkan komentar, tinggalkan balasan, "
    "masuk, daftar, langganan, kebijakan privasi, syarat dan ketentuan, ketentuan, hak cipta, "
    "hubungi kami, tentang kami, redaksi, iklan, beranda, cari, kategori, pedoman media siber, kongsi, "
    "laman utama, hubungi, ibahagi, maghanap, shiriki, tafuta, wasiliana nasi, kuhusu sisi, mwanzo",
    "vi": "chia sẻ, in bài, theo dõi chúng tôi, xem thêm, đọc thêm, đọc tiếp, tin liên quan, "
    "bài viết liên quan, bài liên quan, đọc nhiều, xem nhiều, tin mới nhất, tin mới, bài trước, bài sau, "
    "bình luận, gửi bình luận, trả lời, đăng nhập, đăng ký, chính sách bảo mật, điều khoản sử dụng, "
    "bản quyền, liên hệ, giới thiệu, quảng cáo, trang chủ, tìm kiếm, từ khóa, chuyên mục",
    "th": "แชร์, แบ่งปัน, ติดตามเรา, อ่านต่อ, "
    "อ่านเพิ่มเติม, ข่าวที่เกี่ยวข้อง, บทความที่เกี่ยวข้อง, ข่าวล่าสุด, ยอดนิยม, "
    "แสดงความคิดเห็น, ความคิดเห็น, เข้าสู่ระบบ, สมัครสมาชิก, นโยบายความเป็นส่วนตัว, เงื่อนไขการใช้งาน, "
    "สงวนลิขสิทธิ์, ติดต่อเรา, เกี่ยวกับเรา, โฆษณา, หน้าแรก, ค้นหา, แท็ก, หมวดหมู่, เฟซบุ๊ก, ทวิตเตอร์",
    "zh": "分享, 分享到, 打印, 关注我们, 阅读更多, 阅读全文, 查看更多, 更多, 相关文章, 相关新闻, 相关阅读, "
    "延伸阅读, 推荐阅读, 猜你喜欢, 热门文章, 热门推荐, 最新文章, 最新消息, 上一篇, 下一篇, 评论, "
    "发表评论, 我要评论, 登录, 注册, 订阅, 隐私政策, 用户协议, 使用条款, 版权所有, 版权声明, 免责声明, "
    "联系我们, 关于我们, 广告服务, 网站地图, 友情链接, 首页, 搜索, 标签, 返回顶部, 备案号, 扫一扫, "
    "責任編輯, 责任编辑, 列印, 關注我們, 閱讀更多, 更多新聞, 相關文章, 相關新聞, 延伸閱讀, 推薦閱讀, "
    "熱門文章, 評論, 發表評論, 留言, 登入, 註冊, 訂閱, 隱私政策, 隱私權政策, 使用條款, 服務條款, "
    "版權所有, 聯絡我們, 關於我們, 廣告, 網站地圖, 首頁, 搜尋, 標籤, 回首頁",
    "ja": "シェア, シェアする, ツイート, ツイートする, 印刷, フォローする, 続きを読む, もっと見る, 一覧を見る, "
    "関連記事, 関連ニュース, おすすめ記事, おすすめ, 人気記事, 新着記事, 最新記事, ランキング, 前の記事, "
    "次の記事, コメント, コメントする, コメントを残す, ログイン, 新規登録, 会員登録, 購読, "
    "プライバシーポリシー, 個人情報保護方針, 利用規約, 無断転載, お問い合わせ, 会社概要, 運営会社, "
    "広告掲載, サイトマップ, ホーム, トップページ, 検索, カテゴリー, タグ, アーカイブ, ページトップへ, "
    "フェイスブック, メルマガ, はてなブックマーク",
    "ko": "공유, 공유하기, 인쇄, 팔로우, 더보기, 더 보기, 관련기사, 관련 기사, 많이 본 뉴스, 인기기사, "
    "인기 기사, 최신뉴스, 최신기사, 이전글, 다음글, 이전 기사, 다음 기사, 댓글, 댓글쓰기, 댓글 쓰기, "
    "로그인, 로그아웃, 회원가입, 구독, 구독하기, 개인정보처리방침, 개인정보취급방침, 이용약관, 무단전재, "
    "저작권자, 문의하기, 회사소개, 광고문의, 사이트맵, 검색, 태그, 카테고리, 청소년보호정책, 페이스북, "
    "트위터, 카카오톡",
    "more": "min read, minutes read, continue reading, read full story, copy link, copied, share this article, "
    "share this story, be the first to comment, work with us, "
    "work for us, jobs, artikel teilen, link kopieren, "
    "beitrag teilen, merken, seguir leyendo, continuar leyendo, copiar enlace, trabaja con nosotros, "
    "sé el primero en comentar, guardar, min de lectura, copier le lien, enregistrer, lire l'article, "
    "lire l’article, soyez le premier à commenter, min de lecture, partager cet article, continue lendo, "
    "copiar link, seja o primeiro a comentar, trabalhe conosco, "
    "min de leitura, continua a leggere, copia link, "
    "commenta per primo, tempo di lettura, informativa privacy, deel dit artikel, link kopiëren, bewaren, "
    "privacyverklaring, werken bij, verder lezen, min leestijd, dela artikeln, kopiera länk, min läsning, "
    "jobba hos oss, bli först att kommentera, jaa artikkeli, kopioi linkki, tallenna, avoimet työpaikat, "
    "kirjoita kommentti, kommenttia, lukuaika, udostępnij artykuł, kopiuj link, czas czytania, komentarzy, "
    "praca u nas, komentářů, sdílet článek, kopírovat odkaz, přidat komentář, obchodní podmínky, kariéra, "
    "celý článek, doba čtení, přihlášení, cikk megosztása, link másolása, szólj hozzá, adatvédelmi szabályzat, "
    "adatvédelmi nyilatkozat, olvasási idő, tovább, "
    "distribuie articolul, copiază linkul, cariere, vezi mai mult, "
    "adaugă un comentariu, citește mai departe, timp de citire, "
    "скопировать ссылку, в закладки, читать полностью, "
    "читать, комментариев, комментария, время чтения, поделиться новостью, условия использования, "
    "скопіювати посилання, зберегти, читати повністю, читати, коментарів, залишити коментар, час читання, "
    "умови використання, вакансії, поширити, теги, κοινοποιήστε, μοιραστείτε, αντιγραφή συνδέσμου, αποθήκευση, "
    "συνέχεια ανάγνωσης, γράψτε ένα σχόλιο, θέσεις εργασίας, όροι και προϋποθέσεις, χρόνος ανάγνωσης, "
    "haberi paylaş, paylaş, bağlantıyı kopyala, kaydet, devamını oku, yorum, yorum yap, kariyer, dk okuma, "
    "chia sẻ bài viết, sao chép liên kết, lưu bài, xem chi tiết, viết bình luận, tuyển dụng, phút đọc, "
    "bagikan artikel ini, salin tautan, simpan, tulis komentar, karier, syarat penggunaan, waktu baca, "
    "shiriki makala, nakili kiungo, soma zaidi, endelea kusoma, "
    "andika maoni, toa maoni, maoni, ingia, jisajili, "
    "jiandikishe, sera ya faragha, masharti ya matumizi, ukurasa wa nyumbani, نسخ الرابط, حفظ, أكمل القراءة, "
    "متابعة القراءة, تعليقا, تعليق, كن أول من يعلق, وظائف, مدة القراءة, شارك هذا المقال, شارك المقال, "
    "اشتراک‌گذاری, کپی لینک, ذخیره, نظر, نظر خود را بنویسید, شرایط استفاده, زمان مطالعه, فرصت‌های شغلی, "
    "שתפו, שתפו את הכתבה, העתקת קישור, שמירה, המשך קריאה, צרו קשר, דרושים, כניסה, זמן קריאה, תגובה, "
    "लिंक कॉपी करें, सेव करें, आगे पढ़ें, पूरा पढ़ें, "
    "उपयोग की शर्तें, करियर, मिनट में पढ़ें, टिप्पणी लिखें, इस खबर को शेयर करें, "
    "লিংক কপি করুন, সংরক্ষণ, সংরক্ষণ করুন, বিস্তারিত পড়ুন, "
    "বিস্তারিত, লগ ইন করুন, মন্তব্য লিখুন, ব্যবহারের শর্তাবলি, "
    "ব্যবহারের শর্তাবলী, চাকরি, সাবস্ক্রাইব করুন, பகிர்க, "
    "பகிரவும், மேலும் வாசிக்க, தொடர்பு கொள்ள, தனியுரிமைக் கொள்கை, "
    "பயன்பாட்டு விதிமுறைகள், உள்நுழைக, சேமி, இணைப்பை நகலெடு, வேலைவாய்ப்பு, எங்களைப் பற்றி, பதிவு செய்யவும், "
    "แชร์บทความ, คัดลอกลิงก์, บันทึก, ลงชื่อเข้าใช้, "
    "เขียนความคิดเห็น, ข้อกำหนดการใช้งาน, ร่วมงานกับเรา, ใช้เวลาอ่าน, "
    "分享本文, 复制链接, 收藏, 查看全文, 条评论, 加入我们, 服务条款, 阅读时间, 投稿, 複製連結, 收藏, "
    "リンクをコピー, 保存, 記事を読む, コメントを書く, 採用情報, この記事をシェア, 読了時間, メールアドレス, "
    "공유하기, 링크 복사, 저장, 전체 보기, 자세히 보기, "
    "개인정보 처리방침, 채용, 고객센터, 이메일 주소, 댓글을 남겨",
}
OF_NETWORK, OF_SECTIONS, OF_HEAD, OF_NOTICE = 2.0**-20, 2.0**-10, 2.0**10, 2.0**20
"""What the weight of a phrase holds, so that the sum of a line's weights tells how many of each kind it has: of
networks and languages, of sections, heads, notices; furniture is 1, and heads and notices are furniture, too."""


@cache
def page_words() -> Phrases:
    """All of them, with their weights."""
    weights: dict[str, float] = {}
    furniture, heads, rights = zip(*MORE.values(), strict=True)
    for weight, lists in (
        (OF_NETWORK, [NETWORKS, LANGUAGES]),
        (OF_SECTIONS, [SECTIONS]),
        (1.0, [*FURNITURE.values(), *furniture]),
        (1.0 + OF_HEAD, [*HEADS.values(), *heads]),
        (1.0 + OF_NOTICE, [*NOTICES.values(), *rights]),
    ):
        weights |= dict.fromkeys((phrase for each in lists for phrase in each.split(", ")), weight)
    return Phrases(weights)
