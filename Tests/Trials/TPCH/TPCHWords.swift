/// The words of TPC-H's grammar (specification, clause 4.2.2.13).
enum TPCHWords {
    static func list(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    static let colors = list("""
        almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse \
        chiffon chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted \
        gainsboro ghost goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen \
        magenta maroon medium metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach \
        peru pink plum powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow \
        spring steel tan thistle tomato turquoise violet wheat white yellow
        """)
    static let types = [
        list("STANDARD SMALL MEDIUM LARGE ECONOMY PROMO"), list("ANODIZED BURNISHED PLATED POLISHED BRUSHED"),
        list("TIN NICKEL BRASS STEEL COPPER"),
    ]
    static let containers = [list("SM LG MED JUMBO WRAP"), list("CASE BOX BAG JAR PKG PACK CAN DRUM")]
    static let segments = list("AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD")
    static let priorities = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"]
    static let instructions = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"]
    static let modes = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"]
    static let regions = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"]
    /// With the region of each.
    static let nations: [(String, Int)] = [
        ("ALGERIA", 0), ("ARGENTINA", 1), ("BRAZIL", 1), ("CANADA", 1), ("EGYPT", 4), ("ETHIOPIA", 0), ("FRANCE", 3),
        ("GERMANY", 3), ("INDIA", 2), ("INDONESIA", 2), ("IRAN", 4), ("IRAQ", 4), ("JAPAN", 2), ("JORDAN", 4),
        ("KENYA", 0), ("MOROCCO", 0), ("MOZAMBIQUE", 0), ("PERU", 1), ("CHINA", 2), ("ROMANIA", 3), ("SAUDI ARABIA", 4),
        ("VIETNAM", 2), ("RUSSIA", 3), ("UNITED KINGDOM", 3), ("UNITED STATES", 1),
    ]
    static let prose = list("""
        foxes ideas theodolites pinto beans instructions dependencies excuses platelets asymptotes courts dolphins \
        multipliers sauternes warthogs frets dinos attainments somas braids hockey players sleep wake are cajole haggle \
        nag use boost affix detect integrate maintain nod was lose sublate solve thrash promise engage hinder print \
        furious sly careful blithe quick fluffy slow quiet ruthless thin close dogged daring brave stealthy permanent \
        enticing idle busy regular final ironic even bold silent about above according to across after against along \
        among around at atop before behind beneath beside besides between beyond special express pending requests \
        accounts packages deposits
        """)
}
