/// The words that generated titles and tags are made of.
enum Vocabulary {
    /// Genres in their order within a `genres` field, and how many movies of ml-20m bear each.
    static let genres: [(name: String, movies: Double)] = [
        ("Action", 3_520), ("Adventure", 2_329), ("Animation", 1_027), ("Children", 1_139), ("Comedy", 8_374),
        ("Crime", 2_939), ("Documentary", 2_471), ("Drama", 13_344), ("Fantasy", 1_412), ("Film-Noir", 330),
        ("Horror", 2_611), ("IMAX", 196), ("Musical", 1_036), ("Mystery", 1_514), ("Romance", 4_127),
        ("Sci-Fi", 1_743), ("Thriller", 4_178), ("War", 1_194), ("Western", 676),
    ]

    static let titleWords = words("""
        Amber Anchor Archive Arrow Ashes Atlas August Autumn Avenue Ballad Bandit Banner Baron Beacon Bells Bishop \
        Blackbird Blossom Border Bread Bridge Brothers Bullet Butterfly Cabin Cactus Candle Canyon Captain Caravan \
        Carnival Castle Cathedral Chapel Charade Children Cinder Circus Clockmaker Coast Colony Compass Contract \
        Copper Corridor Courage Cradle Crossing Crown Daughter Daybreak December Desert Diamond Dinner Distance \
        Doorway Dreamer Drifter Dust Echo Eclipse Elephant Embers Envoy Escape Exile Express Falcon Farewell Feast \
        Ferry Fever Fiddler Field Flame Forest Fortune Fountain Frontier Fugitive Garden Gate Glass Glory Gold \
        Grandmother Harbor Harvest Haven Heart Heiress Heron Highway Hill Honey Horizon Hotel Hour Hunter Hurricane \
        Ice Inheritance Innocence Island Ivory Jasmine Jester Journey Juniper Justice Kingdom Kiss Kite Ladder \
        Lantern Laughter Legend Letter Library Lighthouse Lily Lullaby Magician Maple Marathon Mask Meadow Melody \
        Memory Messenger Midsummer Mill Miracle Mirror Mischief Mountain Museum Nightfall Nightingale North Oath \
        Ocean October Orchard Outlaw Oyster Palace Paradise Passage Pearl Pilgrim Pilot Pioneer Planet Poet Poison \
        Portrait Postman Prairie Promise Prophet Railway Rain Ransom Raven Rebel Reef Rhapsody Riddle Ring River \
        Rose Runaway Sailor Salt Scarlet School Season Serpent Seven Shadow Shepherd Shore Silence Silver Sister \
        Snow Solitude Song Sparrow Spring Station Stone Storm Stranger Sunday Surgeon Swan Tailor Tango Tempest \
        Thunder Tide Tiger Tower Train Treasure Trial Tuesday Tunnel Twilight Uncle Valley Velvet Verdict Village \
        Violin Voyage Waltz Wanderer Watchman Waterfall Whisper Widow Willow Window Wolf Wonder Yesterday Zeppelin
        """)

    static let foreignTitles = phrases("""
        Été à la campagne, Un|Garçon du quai, Le|Forêt oubliée, La|Über den Dächern|Schöne Tage in Köln|\
        Große Stille, Die|Niño del río, El|Mañana será otro día|Corazón de piedra|\
        Señor de las montañas, El|Città dei sogni, La|Perché no?|Älskade barn|Långa natten, Den|\
        Søndag i september|Blå hav, Det|Yö kaupungissa|Příběh léta|Życie na walizkach|Öreg ház, Az|\
        Gökyüzü yolcuları|Ostrov vetra|Noch' i tuman|Haru no umi|Natsu no niwa|Chun ri|Coração do mundo|\
        Avó e o mar, A|Île aux oiseaux, L'|Fiancé de l'hiver, Le
        """)

    /// Single tags that are used often.
    static let tags = phrases("""
        surreal|moody|slow burn|dark humor|witty|melancholic|suspenseful|bleak|uplifting|tense|gritty|whimsical|\
        dystopia|space opera|aliens|robots|cyberpunk|time loop|parallel worlds|artificial intelligence|survival|\
        shipwreck|desert island|mountaineering|courtroom drama|jury|lawyers|journalism|newspaper|whistleblower|\
        con artist|bank robbery|heist|casino|gambling|organized crime|mafia|undercover cop|private detective|\
        serial killer|whodunit|plot twist|unreliable narrator|nonlinear|flashbacks|voice-over|ensemble cast|\
        long takes|black and white|silent film|beautiful photography|soundtrack|jazz|opera|ballet|punk rock|piano|\
        chess|boxing|baseball|football|cycling|horse racing|car chase|road movie|trains|submarine|aviation|navy|\
        world war i|world war ii|vietnam war|cold war|spies|assassin|revolution|monarchy|ancient rome|samurai|\
        vikings|pirates|western|bounty hunter|prison escape|hostages|kidnapping|revenge|betrayal|friendship|sisters|\
        father and son|adoption|coming of age|boarding school|teacher|first love|wedding|divorce|infidelity|\
        love triangle|holiday|christmas|food|restaurant|small town|new york|london|paris|tokyo|berlin|hong kong|\
        bollywood|nordic|french|italian|based on a novel|based on a play|true events|biopic|remake|sequel|prequel|\
        cult classic|overlooked|overrated|predictable|too long|great ending|weak script|slapstick|parody|satire|\
        mockumentary|stop motion|anime|hand-drawn|talking animals|dragons|witches|fairy tale|ghosts|haunted house|\
        vampires|werewolves|zombies|body horror|gore|psychological|memory loss|dreams|mental illness|addiction|\
        religion|philosophy|politics|racism|immigration|social class|environment|disability
        """)

    static let people = phrases("""
        Mark Waters|Agnès Varda|Akira Kurosawa|Alfonso Cuarón|Andrei Tarkovsky|Ang Lee|Anthony Hopkins|\
        Bette Davis|Billy Wilder|Buster Keaton|Cary Grant|Cate Blanchett|Charlie Chaplin|Clint Eastwood|\
        Daniel Day-Lewis|David Fincher|Denzel Washington|Emma Thompson|Federico Fellini|François Truffaut|\
        Frances McDormand|Gene Hackman|Greta Garbo|Guillermo del Toro|Harrison Ford|Humphrey Bogart|Ingmar Bergman|\
        Isabelle Huppert|Jackie Chan|Jane Campion|Jodie Foster|Juliette Binoche|Kate Winslet|Katharine Hepburn|\
        Krzysztof Kieślowski|Luis Buñuel|Marlon Brando|Meryl Streep|Michael Caine|Michelle Yeoh|Orson Welles|\
        Park Chan-wook|Peter Sellers|Satyajit Ray|Sidney Lumet|Sigourney Weaver|Sofia Coppola|Stellan Skarsgård|\
        Tilda Swinton|Toshirô Mifune|Werner Herzog|Wong Kar-wai|Yasujirô Ozu|Zhang Yimou
        """)

    /// What real people type: quotes, commas, spaces at the ends, every alphabet, and words that look like other
    /// types. Each is in every set that has room for them.
    static let oddTags = [
        "slow, but worth it", "\"masterpiece\"", "a so-called \"thriller\"", "She said \"no\", then \"yes\"",
        "funny, sad, true", " starts with a space", "ends with a space ", "  both  ", "double  space", "crème brûlée",
        "Ça alors!", "Straße", "żółw", "İstanbul", "映画", "한국 영화", "фильм", "ταινία", "סרט", "🍿 night", "5★", "007",
        "42", "1.5", "-1", "1e10", "1980s", "80's", "2010-01-31", "2001/09/02", "12:30", "N", "NA", "n/a", "NULL",
        "null", "None", "TRUE", "false", "inf", "NaN", "BEST EVER", "Best Ever", "best ever", "wOw", "tab\tinside",
        "back\\slash", "semi;colon", "pipe|pipe", "a/b", "50% off", "#top", "@home", "=A1+B1", "+1", "'quoted'",
        "can't", "?", "!!!", "rent it (again)", "R", "own on DVD", "Tom & Jerry", "<b>bold</b>", "--", "{brace}",
    ]

    /// Two-word tags are an adjective and a noun.
    static let adjectives = words("""
        absurd american ancient angry bad beautiful black bloody british brilliant cheap cheesy classic clever cold \
        comic dark dead deep dirty epic evil family fast female final first foreign german golden good great heavy \
        human irish japanese lonely lost male modern musical new odd old poor quiet rich russian sad secret short \
        silly small smart soviet spanish strange strong sweet teen tragic ugly urban violent warm weird wild young
        """)
    static let nouns = words("""
        acting action animals army art battle boat body book camera car cast character chase city comedy cop \
        costumes crime dance death dialogue dog drama dream editing ending family fight fire friend game girl hero \
        history horror house humor idea island jokes king life love machine magic mind monster mother movie murder \
        music mystery night plot police power prison queen revenge romance school score script sea sets soldier \
        space story style thief town twist villain visuals voice war weather winter woman world
        """)

    /// Genome tags that come before the alphabet.
    static let eras = phrases("007 (series)|18th century|1900s|1910s|1920s|1930s|1940s|1950s|1960s|1970s|1980s|1990s")

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    private static func phrases(_ text: String) -> [String] { text.split(separator: "|").map(String.init) }
}
