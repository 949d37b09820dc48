"""What pages say around a text, in languages that page_words.py and page_heads.py have little of.

For each language page furniture, heads of lists, and notices of rights, by hand, as there: words that a page's
frame uses and prose hardly does as a line of its own.
"""

MORE = {
    "ca": (
        "comparteix, compartir-ho, imprimeix, llegeix més, llegir més, veure més, segueix llegint, "
        "comentaris, deixa un comentari, inicia sessió, registra't, subscriu-te, política de privacitat, "
        "política de galetes, avís legal, condicions d'ús, contacte, contacta'ns, contacta amb nosaltres, "
        "qui som, sobre nosaltres, publicitat, mapa web, inici, cerca, cercar, etiquetes",
        "notícies relacionades, articles relacionats, el més llegit, els més llegits, més notícies, "
        "últimes notícies, també et pot interessar, et pot interessar, llegeix també, entrades recents",
        "tots els drets reservats",
    ),
    "gl": (
        "ler máis, le máis, deixa un comentario, política de privacidade, quen somos, sobre nós, publicidade",
        "novas relacionadas, artigos relacionados, o máis lido, máis lidas, máis novas, últimas novas, "
        "tamén che pode interesar, le tamén",
        "todos os dereitos reservados",
    ),
    "eu": (
        "partekatu, inprimatu, irakurri gehiago, gehiago irakurri, iruzkinak, utzi iruzkina, "
        "utzi erantzuna, hasi saioa, erregistratu, harpidetu, pribatutasun politika, cookie politika, "
        "lege oharra, erabilera baldintzak, harremanetarako, nor gara, guri buruz, publizitatea, hasiera, "
        "bilatu, kategoriak, etiketak",
        "lotutako albisteak, erlazionatutako albisteak, irakurrienak, azken albisteak, albiste gehiago, "
        "irakurri ere",
        "eskubide guztiak erreserbatuta, eskubide guztiak gordeta",
    ),
    "hr": (
        "podijeli, podeli, podijeli na, pročitaj više, pročitajte više, opširnije, komentari, komentiraj, "
        "ostavite komentar, prijavi se, registracija, registriraj se, registruj se, pretplatite se, "
        "politika privatnosti, pravila privatnosti, zaštita privatnosti, uvjeti korištenja, "
        "uslovi korišćenja, kontaktirajte nas, o nama, impressum, oglašavanje, naslovnica, početna, "
        "naslovna, pretraži, pretraga, oznake, kategorije",
        "vezane vijesti, povezane vijesti, povezani članci, najčitanije, najnovije, najnovije vijesti, "
        "najnovije vesti, pročitajte i, možda će vas zanimati, možda vas zanima",
        "sva prava pridržana, sva prava zadržana",
    ),
    "sl": (
        "natisni, preberi več, preberite več, več o tem, komentarji, dodaj komentar, prijavite se, "
        "registriraj se, naroči se, politika zasebnosti, varstvo osebnih podatkov, pogoji uporabe, "
        "splošni pogoji, oglaševanje, domov, iskanje, išči, oznake",
        "sorodni članki, povezane novice, povezani članki, najbolj brano, najnovejše, preberite tudi, "
        "preberi tudi, morda vas zanima",
        "vse pravice pridržane",
    ),
    "sr": (
        "подели, подијели, штампај, прочитај више, опширније, коментари, остави коментар, пријави се, "
        "регистрација, политика приватности, услови коришћења, контакт, о нама, почетна, насловна, "
        "претрага, категорије",
        "повезане вести, повезане вијести, најчитаније, најновије, најновије вести, прочитајте још, прочитајте и",
        "сва права задржана",
    ),
    "mk": (
        "сподели, печати, прочитај повеќе, коментари, остави коментар, најави се, регистрација, "
        "политика за приватност, услови за користење, маркетинг, почетна, пребарај",
        "поврзани вести, слични вести, најчитани, најчитано, најнови вести, прочитајте и, прочитајте повеќе",
        "сите права се задржани, сите права задржани",
    ),
    "be": (
        "падзяліцца, раздрукаваць, чытаць далей, падрабязней, каментары, каментаваць, увайсці, "
        "рэгістрацыя, падпісацца, палітыка прыватнасці, кантакты, пра нас, рэклама, галоўная, рубрыкі",
        "чытайце таксама, глядзіце таксама, апошнія навіны, самае чытанае, навіны па тэме, па тэме",
        "усе правы абаронены, усе правы абароненыя",
    ),
    "lt": (
        "dalintis, pasidalinti, dalinkis, spausdinti, skaityti daugiau, skaityti toliau, plačiau, "
        "komentarai, komentuoti, parašyti komentarą, palikti komentarą, prisijungti, registruotis, "
        "prenumeruoti, privatumo politika, slapukų politika, naudojimosi taisyklės, naudojimo sąlygos, "
        "kontaktai, susisiekite, apie mus, reklama, paieška, ieškoti, žymos, kategorijos",
        "susiję straipsniai, susijusios naujienos, skaitomiausi, skaitomiausios, skaitykite taip pat, "
        "taip pat skaitykite, naujausios naujienos, daugiau naujienų, jums gali patikti",
        "visos teisės saugomos",
    ),
    "lv": (
        "dalīties, drukāt, lasīt vairāk, lasīt tālāk, komentāri, pievienot komentāru, atstāt komentāru, "
        "pieslēgties, reģistrēties, abonēt, privātuma politika, sīkdatņu politika, lietošanas noteikumi, "
        "kontakti, sazinies ar mums, par mums, reklāma, sākumlapa, meklēt, birkas, kategorijas",
        "saistītie raksti, līdzīgi raksti, lasi arī, lasiet arī, lasītākie, lasītākās ziņas, "
        "jaunākās ziņas, citas ziņas",
        "visas tiesības aizsargātas, visas tiesības paturētas",
    ),
    "et": (
        "prindi, loe edasi, loe lähemalt, vaata veel, kommentaarid, kommenteeri, lisa kommentaar, "
        "logi sisse, registreeru, privaatsuspoliitika, privaatsustingimused, kasutustingimused, "
        "võta ühendust, reklaam, avaleht, esileht, otsing, märksõnad, rubriigid",
        "seotud artiklid, seotud lood, samal teemal, loe ka, loe veel, loetumad, enim loetud, "
        "viimased uudised, uusimad uudised",
        "kõik õigused kaitstud, kõik õigused reserveeritud",
    ),
    "is": (
        "lesa meira, athugasemdir, skrá inn, innskráning, nýskráning, persónuverndarstefna, persónuvernd, "
        "skilmálar, hafa samband, hafðu samband, um okkur, auglýsingar, forsíða, flokkar",
        "tengdar fréttir, tengt efni, mest lesið, nýjustu fréttir, sjá einnig",
        "allur réttur áskilinn, öll réttindi áskilin",
    ),
    "sq": (
        "shpërndaje, lexo më shumë, lexo më tej, lini një koment, regjistrohu, abonohu, "
        "politika e privatësisë, kushtet e përdorimit, na kontaktoni, rreth nesh, ballina, kërko, "
        "kategoritë",
        "të ngjashme, lajme të ngjashme, artikuj të ngjashëm, më të lexuarat, lajmet e fundit, "
        "lexoni edhe, lexo edhe",
        "të gjitha të drejtat e rezervuara, të gjitha të drejtat janë të rezervuara",
    ),
    "hy": (
        "կիսվել, տպել, կարդալ ավելին, ավելին, մեկնաբանություններ, թողնել մեկնաբանություն, մուտք, գրանցվել, "
        "գրանցում, գաղտնիության քաղաքականություն, օգտագործման պայմաններ, հետադարձ կապ, մեր մասին, գովազդ, "
        "գլխավոր, որոնում, որոնել, ֆեյսբուք",
        "կարդացեք նաև, կարդալ նաև, առնչվող նյութեր, նմանատիպ նյութեր, ամենաընթերցվածը, ամենաընթերցված, "
        "վերջին նորությունները, այլ նորություններ",
        "բոլոր իրավունքները պաշտպանված են, բոլոր իրավունքները պաշտպանված",
    ),
    "ka": (
        "გაზიარება, გააზიარე, ბეჭდვა, ვრცლად, სრულად ნახვა, კომენტარები, დატოვე კომენტარი, შესვლა, "
        "რეგისტრაცია, გამოწერა, კონფიდენციალურობის პოლიტიკა, კონფიდენციალურობა, წესები და პირობები, "
        "კონტაქტი, დაგვიკავშირდით, ჩვენს შესახებ, ჩვენ შესახებ, რეკლამა, მთავარი, მთავარი გვერდი, ძებნა, "
        "ძიება, კატეგორიები",
        "ასევე წაიკითხეთ, აგრეთვე წაიკითხეთ, მსგავსი სიახლეები, მსგავსი სტატიები, დაკავშირებული სიახლეები, "
        "ყველაზე კითხვადი, ყველაზე პოპულარული, ბოლო სიახლეები, სხვა სიახლეები",
        "ყველა უფლება დაცულია",
    ),
    "az": (
        "çap et, davamını oxu, ardını oxu, şərhlər, şərh yaz, rəy bildir, daxil ol, qeydiyyat, abunə ol, "
        "məxfilik siyasəti, istifadə şərtləri, əlaqə, bizimlə əlaqə, haqqımızda, ana səhifə, axtar, "
        "axtarış, kateqoriyalar",
        "digər xəbərlər, son xəbərlər, ən çox oxunan, ən çox oxunanlar, həmçinin oxuyun, oxşar xəbərlər",
        "bütün hüquqlar qorunur",
    ),
    "kk": (
        "бөлісу, басып шығару, толығырақ, толық оқу, пікірлер, пікір қалдыру, тіркелу, құпиялылық саясаты, "
        "пайдалану шарттары, байланыс, біз туралы, жарнама, басты бет, іздеу, айдарлар",
        "тағы оқыңыз, сондай-ақ оқыңыз, ұқсас жаңалықтар, ұқсас мақалалар, көп оқылған, ең көп оқылғандар, "
        "соңғы жаңалықтар",
        "барлық құқықтар қорғалған, барлық құқығы қорғалған",
    ),
    "ky": (
        "бөлүшүү, толугураак, пикирлер, катталуу, купуялык саясаты, байланыш, биз жөнүндө, жарнама, "
        "башкы бет, издөө",
        "дагы окуңуз, окшош жаңылыктар, көп окулгандар, акыркы жаңылыктар",
        "бардык укуктар корголгон",
    ),
    "uz": (
        "ulashish, chop etish, batafsil, batafsil o'qish, izohlar, izoh qoldirish, ro'yxatdan o'tish, "
        "obuna bo'lish, maxfiylik siyosati, foydalanish shartlari, bog'lanish, biz haqimizda, bosh sahifa, "
        "qidiruv, qidirish",
        "o'xshash yangiliklar, mavzuga oid, ko'p o'qilgan, ko'p o'qilganlar, so'nggi yangiliklar",
        "barcha huquqlar himoyalangan",
    ),
    "tg": (
        "муфассал, пурра хонед, назарҳо, дар бораи мо, тамос бо мо, ҷустуҷӯ",
        "хабарҳои монанд, инчунин бихонед, хабарҳои охирин",
        "ҳамаи ҳуқуқҳо ҳифз шудаанд, ҳамаи ҳуқуқ маҳфуз аст",
    ),
    "mn": (
        "хуваалцах, хэвлэх, дэлгэрэнгүй, цааш унших, сэтгэгдэл, сэтгэгдэл бичих, нэвтрэх, бүртгүүлэх, "
        "нууцлалын бодлого, үйлчилгээний нөхцөл, холбоо барих, бидний тухай, сурталчилгаа, нүүр хуудас, "
        "хайх",
        "холбоотой мэдээ, төстэй мэдээ, их уншсан, сүүлийн мэдээ, шинэ мэдээ",
        "бүх эрх хуулиар хамгаалагдсан, зохиогчийн эрх хуулиар хамгаалагдсан",
    ),
    "am": (
        "አጋራ, ያጋሩ, ተጨማሪ ያንብቡ, አስተያየቶች, አስተያየት ይስጡ, ይግቡ, ይመዝገቡ, የግላዊነት ፖሊሲ, የአጠቃቀም ውል, አግኙን, ያግኙን, ስለ እኛ, "
        "ማስታወቂያ, መነሻ ገጽ, ፈልግ, ፍለጋ, ፌስቡክ, ትዊተር",
        "ተዛማጅ ዜናዎች, ተዛማጅ ጽሑፎች, ብዙ የተነበቡ, የቅርብ ዜናዎች, ተጨማሪ ዜናዎች",
        "መብቱ በሕግ የተጠበቀ ነው, መብቱ የተጠበቀ ነው, መብቱ በህግ የተጠበቀ",
    ),
    "af": (
        "lewer kommentaar, teken in, registreer, privaatheidsbeleid, gebruiksvoorwaardes, "
        "bepalings en voorwaardes, kontak ons, oor ons, adverteer, tuisblad",
        "verwante artikels, verwante stories, mees gelees, lees ook, jongste nuus",
        "alle regte voorbehou",
    ),
    "ur": (
        "شیئر, پرائیویسی پالیسی, شرائط و ضوابط, ہمارے بارے میں, رابطہ کریں, تبصرے, تبصرہ کریں, لاگ ان, "
        "فیس بک, ٹوئٹر, یوٹیوب, اشتہارات",
        "سب سے زیادہ پڑھی گئی, مقبول خبریں, متعلقہ مضامین, مزید خبریں",
        "جملہ حقوق محفوظ",
    ),
    "ne": (
        "सेयर गर्नुहोस्, थप पढ्नुहोस्, प्रतिक्रिया दिनुहोस्, हाम्रो बारेमा, गृहपृष्ठ",
        "सम्बन्धित खबर, सम्बन्धित समाचार, ताजा समाचार, धेरै पढिएको",
        "सर्वाधिकार सुरक्षित",
    ),
    "mr": (
        "शेअर करा, अधिक वाचा, पुढे वाचा, आमच्याविषयी, आमच्याबद्दल, संपर्क साधा, गोपनीयता धोरण, मुख्यपृष्ठ, जाहिरात",
        "संबंधित बातम्या, हेही वाचा, ताज्या बातम्या, सर्वाधिक वाचलेले",
        "सर्व हक्क राखीव, सर्व हक्क सुरक्षित",
    ),
    "gu": (
        "શેર કરો, વધુ વાંચો, ટિપ્પણીઓ, અમારા વિશે, સંપર્ક કરો, ગોપનીયતા નીતિ, નિયમો અને શરતો, હોમ, જાહેરાત, ફેસબુક, ટ્વિટર",
        "સંબંધિત સમાચાર, આ પણ વાંચો, તાજા સમાચાર, સૌથી વધુ વંચાયેલ",
        "સર્વાધિકાર સુરક્ષિત, સર્વ હક્ક સ્વાધીન",
    ),
    "pa": (
        "ਸਾਂਝਾ ਕਰੋ, ਸ਼ੇਅਰ ਕਰੋ, ਹੋਰ ਪੜ੍ਹੋ, ਟਿੱਪਣੀਆਂ, ਸਾਡੇ ਬਾਰੇ, ਸੰਪਰਕ ਕਰੋ, ਗੋਪਨੀਯਤਾ ਨੀਤੀ, ਫੇਸਬੁੱਕ, ਟਵਿੱਟਰ",
        "ਇਹ ਵੀ ਪੜ੍ਹੋ, ਤਾਜ਼ਾ ਖ਼ਬਰਾਂ, ਸੰਬੰਧਿਤ ਖ਼ਬਰਾਂ",
        "ਸਾਰੇ ਹੱਕ ਰਾਖਵੇਂ",
    ),
    "kn": (
        "ಹಂಚಿಕೊಳ್ಳಿ, ಮತ್ತಷ್ಟು ಓದಿ, ಇನ್ನಷ್ಟು ಓದಿ, ನಮ್ಮ ಬಗ್ಗೆ, ಸಂಪರ್ಕಿಸಿ, ಗೌಪ್ಯತಾ ನೀತಿ, ಮುಖಪುಟ, ಜಾಹೀರಾತು, ಫೇಸ್‌ಬುಕ್, ಟ್ವಿಟರ್",
        "ಸಂಬಂಧಿತ ಸುದ್ದಿ, ಇತ್ತೀಚಿನ ಸುದ್ದಿ, ಹೆಚ್ಚು ಓದಿದ",
        "ಎಲ್ಲ ಹಕ್ಕುಗಳನ್ನು ಕಾಯ್ದಿರಿಸಲಾಗಿದೆ, ಎಲ್ಲಾ ಹಕ್ಕುಗಳನ್ನು ಕಾಯ್ದಿರಿಸಲಾಗಿದೆ",
    ),
    "ml": (
        "പങ്കിടുക, ഷെയർ ചെയ്യുക, കൂടുതൽ വായിക്കുക, കൂടുതൽ വായിക്കാം, അഭിപ്രായങ്ങൾ, ഞങ്ങളെക്കുറിച്ച്, സ്വകാര്യതാ നയം, ഹോം, ഫേസ്ബുക്ക്, ട്വിറ്റർ",
        "ബന്ധപ്പെട്ട വാർത്തകൾ, ഏറ്റവും പുതിയ വാർത്തകൾ, കൂടുതൽ വാർത്തകൾ",
        "എല്ലാ അവകാശങ്ങളും നിക്ഷിപ്തം",
    ),
    "te": (
        "షేర్ చేయండి, మా గురించి, గోప్యతా విధానం, వ్యాఖ్యలు, ఫేస్‌బుక్, ట్విట్టర్, ప్రకటనలు",
        "తాజా వార్తలు, ఎక్కువగా చదివినవి, మరిన్ని వార్తలు, సంబంధిత వార్తలు",
        "అన్ని హక్కులూ, సర్వ హక్కులు",
    ),
    "si": (
        "බෙදාගන්න, තව කියවන්න, වැඩිදුර කියවන්න, අප ගැන, අප අමතන්න, පෞද්ගලිකත්ව ප්‍රතිපත්තිය, මුල් පිටුව, සොයන්න, ෆේස්බුක්, ට්විටර්",
        "අදාළ පුවත්, ආශ්‍රිත පුවත්, නවතම පුවත්, වැඩිපුර කියවූ",
        "සියලුම හිමිකම් ඇවිරිණි, සියලු හිමිකම් ඇවිරිණි",
    ),
    "my": (
        "မျှဝေရန်, မျှဝေပါ, ဆက်ဖတ်ရန်, ပိုမိုဖတ်ရှုရန်, မှတ်ချက်များ, ဆက်သွယ်ရန်, ကျွန်ုပ်တို့အကြောင်း, ပင်မစာမျက်နှာ, ရှာဖွေရန်, ဖေ့စ်ဘုတ်",
        "ဆက်စပ်သတင်းများ, ဆက်စပ် သတင်းများ, လူဖတ်အများဆုံး, နောက်ဆုံးရသတင်းများ",
        "မူပိုင်ခွင့်",
    ),
    "km": (
        "ចែករំលែក, អានបន្ត, អានបន្ថែម, មតិយោបល់, អំពីយើង, ទាក់ទងយើងខ្ញុំ, គោលការណ៍ឯកជនភាព, ទំព័រដើម, ស្វែងរក, ហ្វេសប៊ុក",
        "អត្ថបទទាក់ទង, ព័ត៌មានទាក់ទង, ព័ត៌មានថ្មីៗ, អានច្រើនជាងគេ",
        "រក្សាសិទ្ធិគ្រប់យ៉ាង",
    ),
    "lo": (
        "ແບ່ງປັນ, ອ່ານຕໍ່, ອ່ານເພີ່ມເຕີມ, ຄວາມຄິດເຫັນ, ກ່ຽວກັບພວກເຮົາ, ຕິດຕໍ່ພວກເຮົາ, ນະໂຍບາຍຄວາມເປັນສ່ວນຕົວ, ໜ້າຫຼັກ, ຄົ້ນຫາ, ເຟສບຸກ",
        "ຂ່າວທີ່ກ່ຽວຂ້ອງ, ຂ່າວລ່າສຸດ",
        "ສະຫງວນລິຂະສິດ",
    ),
    "ms": (
        "kongsi artikel, baca lagi, baca seterusnya, tinggalkan komen, log masuk, dasar privasi, "
        "terma dan syarat, carian",
        "berita berkaitan, artikel berkaitan, paling popular, berita terkini",
        "hak cipta terpelihara",
    ),
    "tl": (
        "magbasa pa, basahin ang higit pa, mga komento, mag-iwan ng komento, mag-log in, magrehistro, "
        "patakaran sa privacy, mga tuntunin ng paggamit, makipag-ugnayan, tungkol sa amin",
        "mga kaugnay na balita, kaugnay na balita, pinakabasang balita, pinakabagong balita, basahin din",
        "nakalaan ang lahat ng karapatan",
    ),
    "ha": (
        "karanta ƙari, tuntuɓe mu, game da mu, manufar sirri, tsarin sirri",
        "labarai masu alaƙa, karanta kuma, sabbin labarai",
        "an kiyaye duk haƙƙoƙi",
    ),
    "so": (
        "la wadaag, akhri wax dheeraad ah, faallooyin, nala soo xiriir, nagu saabsan, siyaasadda asturnaanta",
        "wararka la xiriira, akhriso sidoo kale, wararkii ugu dambeeyay",
        "dhammaan xuquuqda way dhowran tahay, xuquuqda waa la ilaaliyey",
    ),
    "cy": (
        "rhannu, argraffu, darllen mwy, sylwadau, mewngofnodi, tanysgrifio, polisi preifatrwydd, "
        "telerau defnyddio, cysylltu â ni, cysylltwch â ni, amdanom ni, hafan, chwilio",
        "straeon cysylltiedig, erthyglau cysylltiedig, y mwyaf poblogaidd, newyddion diweddaraf, darllenwch hefyd",
        "cedwir pob hawl",
    ),
    "ga": (
        "comhroinn, léigh tuilleadh, logáil isteach, polasaí príobháideachais, téarmaí úsáide, "
        "téigh i dteagmháil linn, fúinn, cuardach",
        "scéalta gaolmhara, an nuacht is déanaí",
        "gach ceart ar cosaint",
    ),
    "mt": (
        "aqsam, aqra aktar, kummenti, irreġistra, politika tal-privatezza, ikkuntattjana, dwarna, fittex",
        "artikli relatati, aħbarijiet relatati, l-aktar moqrija, l-aħħar aħbarijiet",
        "id-drittijiet kollha riżervati",
    ),
    "ku": (
        "parve bike, bêtir bixwîne, têkeve, endam bibe, polîtîkaya nepeniyê, derbarê me de, rûpela sereke, "
        "lêgerîn, هاوبەشکردن, زیاتر بخوێنەوە, دەربارەی ئێمە, سیاسەتی تایبەتێتی, گەڕان",
        "nûçeyên têkildar, nûçeyên dawî, هەواڵی پەیوەندیدار, زۆرترین خوێنراو, نوێترین هەواڵ",
        "hemû maf parastî ne, هەموو مافەکان پارێزراون, هەموو مافێک پارێزراوە",
    ),
    "ps": (
        "شریکول, نور ولوستئ, نور یې ولوستئ, زموږ په اړه, له موږ سره اړیکه, د محرمیت تګلاره, لټون",
        "اړوند خبرونه, نور خبرونه, وروستي خبرونه",
        "ټول حقوق خوندي دي",
    ),
    "eo": (
        "kunhavigi, legi pli, legu pli, komentoj, ensaluti, registriĝi, privateca politiko, pri ni, serĉi",
        "rilataj artikoloj, plej legataj, lastaj novaĵoj, legu ankaŭ",
        "ĉiuj rajtoj rezervitaj",
    ),
}
"""By language: furniture, heads, rights."""
