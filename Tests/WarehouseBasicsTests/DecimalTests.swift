import Testing
import WarehouseBasics

/// a, b, shift, a × 10^shift / b rounded half away from zero; from Python's fractions.
private let quotients: [(Int128, Int128, Int, Int128?)] = [
    (618955007414445826606348981707169708, 239680237195010830318186017342801, 45, nil),
    (-758291278230715790320916938883462, -86411822370784348319674774658, 45, nil),
    (2321257535206336024904832, -585, 6, -3967961598643309444281764103),
    (-1642497106174783, 94703116247649206657369054756, 6, 0),
    (74164293617053659225523094884007, 103000915916172598744116288, 38, nil),
    (594432398426659463875, 9, 37, nil),
    (45015051777462698088883557, 2214, 45, nil),
    (7365483533526, 7687306287974052756245930, 20, 95813582),
    (7176865336698054023754996499366440546, 6277633789523714315540, 0, 1143243708907487),
    (-124756554626396340341118439, -1, 20, nil),
    (-27412077702414501552999008264052, -450145316, 38, nil),
    (-4781416092860815188796050, 27, 6, -177089484920770932918372222222),
    (1556351685229600646418612150669895774, -23477266530699656819516009506, 0, -66291861),
    (337746, -6, 12, -56291000000000000),
    (-455977788339470728338164213250, -2621840566, 38, nil),
    (-254975164402, -916884741953231613619904, 0, 0),
    (-1404095, 4629366541688284, 20, -30330175573),
    (-62990433652264379562621192873458, 816548784746079757411128538783565330, 0, 0),
    (-136478952904198740, -35284, 20, 386801249586777973018932093866909),
    (-86035736834742062223982984124, 957324312384419630969391588946410, 12, -89871045),
    (82007528437217052607399526661, -3145434904644358937815317458683, 0, 0),
    (63108, -56728587718496020555, 37, -11124549814841240935028),
    (-108912756765439954830151, -1473910271955603867298, 45, nil),
    (-290898663082330091592840299, -240759205434454977918134, 37, nil),
]

/// a, b, digits dropped, product; from Python's fractions.
private let products: [(Int128, Int128, Int, Int128?)] = [
    (-95051, 34521238, 30, 0),
    (8520946913375990568276973, 640463211689523628435388197654, 38, 54573530267767200),
    (-56958606459536266449, 29, 0, -1651799587326551727021),
    (59659702222541644574861962385097, 86296395606812923700, 3, nil),
    (-8355089353799193926341, 65626823051192629498727251851068, 12, nil),
    (-4349179394170064288752147455, 23169201572357825372939361239829169558, 3, nil),
    (9697660290767805150342, 194992364876808942, 0, nil),
    (8415146420969283704084138889741, 643698260551126041551088695, 30, 5416815113460961769826927867),
    (65658546116264438718036850108, 700462706770164116, 0, nil),
    (8416815463456364389620544143423819986, 4308709065180884729703607771150460922, 30, nil),
    (-98, 898419022318982701, 3, -88045064187260305),
    (-59925634, 8982380, 12, -538),
    (-4503166446871, 11657498673, 30, 0),
    (-297325367169, 92851693969331252260919, 3, -27607164001695037603864303064368),
    (462160330448716, 8772671049214380971509457, 3, 4054380551022802413057811417252647507),
    (-6636473406675823232514278, 315512993677938780030052293717, 0, nil),
    (-75566985434110, 846889830727763543601, 0, -63996911502900791200073044897630110),
    (444029554521425940425864826099099, 647928806359531372490149575688060126, 0, nil),
    (-56221, 177, 38, 0),
    (505262095, 8074275429, 38, 0),
]

/// A Double, a scale, and its exact binary value rounded half away from zero at it; from Python's fractions.
private let roundedDoubles: [(Double, Int, Int128?)] = [
    (-5571716660.34727, 37, nil),
    (1.850099519054771e-52, 2, 0),
    (3.803162985582714e-150, 37, 0),
    (90956914194.31651, 2, 9095691419432),
    (89424.03680422809, 37, nil),
    (-77.14387550477073, 37, nil),
    (-91209415.32251571, 37, nil),
    (-179.19106882482419, 0, -179),
    (84156596.59633797, 6, 84156596596338),
    (-320638381.93300986, 37, nil),
    (235789.7613855349, 2, 23578976),
    (1.8469744634921296e-68, 0, 0),
]

@Suite struct DecimalTests {
    @Test func divisionAgreesWithFractions() {
        for (a, b, shift, expected) in quotients {
            #expect(DecimalArithmetic.divide(a, by: b, shift: shift) == expected, "\(a) / \(b) shift \(shift)")
        }
        #expect(DecimalArithmetic.divide(1, by: 3, shift: 76) == nil)
        #expect(DecimalArithmetic.divide(5, by: -2, shift: 0) == -3)
        #expect(DecimalArithmetic.divide(-5, by: -2, shift: 0) == 3)
        #expect(DecimalArithmetic.divide(4, by: 9, shift: 0) == 0)
    }

    @Test func multiplicationAgreesWithFractions() {
        for (a, b, digits, expected) in products {
            #expect(DecimalArithmetic.multiply(a, b, dropping: digits) == expected, "\(a) * \(b) drop \(digits)")
        }
    }

    @Test func doublesAreRoundedExactly() {
        for (value, scale, expected) in roundedDoubles {
            var result: Int128 = 0
            let status = DecimalArithmetic.number(value, precision: 38, scale: scale, into: &result)
            #expect((status == .ok ? result : nil) == expected, "\(value) at scale \(scale)")
        }
        var result: Int128 = 0
        #expect(DecimalArithmetic.number(.nan, precision: 38, scale: 0, into: &result) == .notRecognized)
        #expect(DecimalArithmetic.number(2.5, precision: 38, scale: 0, into: &result) == .ok && result == 3)
        #expect(DecimalArithmetic.number(-0.5, precision: 38, scale: 0, into: &result) == .ok && result == -1)
        #expect(DecimalArithmetic.number(1000, precision: 3, scale: 0, into: &result) == .outOfRange)
        #expect(DecimalArithmetic.number(.leastNonzeroMagnitude, precision: 38, scale: 37,
        into: &result) == .ok && result == 0)
        #expect(DecimalArithmetic.number(.greatestFiniteMagnitude, precision: 38, scale: 37, into: &result)
            == .outOfRange)
    }

    @Test func numbersBecomeTheNearestDouble() {
        #expect(DecimalArithmetic.double(1, scale: 1) == 0.1)
        #expect(DecimalArithmetic.double(-35, scale: 1) == -3.5)
        #expect(DecimalArithmetic.double(9_007_199_254_740_993, scale: 0) == 9_007_199_254_740_992)
        #expect(DecimalArithmetic.double(12_345_678_901_234_567_890_123, scale: 20) == 123.45678901234567890123)
        #expect(DecimalArithmetic.double(DecimalArithmetic.maximum, scale: 38) == 1)
    }

    @Test(arguments: [
        ("0", 38, 0, "0"), ("-0", 38, 2, "0.00"), ("12.345", 10, 2, "12.35"), ("-12.345", 10, 2, "-12.35"),
        ("12.3449999999999999999999999", 10, 2, "12.34"), (".5", 5, 0, "1"), ("5.", 5, 0, "5"), ("+7", 5, 0, "7"),
        ("1e3", 10, 0, "1000"), ("1.5E+2", 10, 1, "150.0"), ("15e-1", 10, 0, "2"),
        ("1e-40", 38, 37, "0.\(zeros(37))"),
        ("  42 ", 5, 0, "42"),
        ("99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"),
        ("0000000000000000000000000000000000000000000001", 38, 0, "1"),
        ("0.99999999999999999999999999999999999994", 38, 37, "0.9999999999999999999999999999999999999"),
        ("0.9999999999999999999999999999999999999999995", 38, 37, "1.\(zeros(37))"),
        ("123456789012345678901234567890.123456789", 38, 2, "123456789012345678901234567890.12"),
        ("0e99999999999", 38, 0, "0"), ("4.49999999999999999999999999999999999999999999", 38, 0, "4"),
        ("9223372036854775807", 38, 0, "9223372036854775807"),
        ("18446744073709551616", 38, 0, "18446744073709551616"),
        ("0.5", 38, 0, "1"), ("-0.4", 38, 0, "0"), ("0.05", 38, 0, "0"),
    ])
    func reading(text: String, precision: Int, scale: Int, expected: String) throws {
        let value = try #require(DecimalText.parse(text, precision: precision, scale: scale))
        #expect(DecimalText.string(value, scale: scale) == expected)
        if precision <= 18 {
            var narrow: Int64 = 0
            #expect(status(text, precision, scale, &narrow) == .ok)
            #expect(Int128(narrow) == value)
        }
    }

    private func status(_ text: String, _ precision: Int, _ scale: Int, _ value: inout Int64) -> NumberStatus {
        let bytes = Array(text.utf8) + [0]
        return DecimalText.parse(bytes, count: bytes.count - 1, precision: precision, scale: scale, into: &value)
    }

    @Test(arguments: ["", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "12a", "1 2", "0x10", "--1", "NaN",
    "1,000"])
    func notNumbers(text: String) {
        var wide: Int128 = 0, narrow: Int64 = 0
        let bytes = Array(text.utf8) + [0]
        let count = bytes.count - 1
        #expect(DecimalText.parse(bytes, count: count, precision: 38, scale: 0, into: &wide) == .notRecognized)
        #expect(DecimalText.parse(bytes, count: count, precision: 10, scale: 0, into: &narrow) == .notRecognized)
    }

    @Test(arguments: [
        ("100", 2, 0), ("99.5", 2, 0), ("1e38", 38, 0), ("1e999999999999999999999", 38, 0), ("10", 38, 37),
        ("100000000000000000000000000000000000000", 38, 0), ("99999999999999999999999999999999999999.5", 38, 0),
        ("1234567890123456789012345678901234567890123", 38, 0), ("99999999999999999999", 18, 0), ("1", 18, 18),
        ("1e30", 18, 0), ("123456789012345678", 18, 5),
    ])
    func tooLarge(text: String, precision: Int, scale: Int) {
        var wide: Int128 = 0, narrow: Int64 = 0
        let bytes = Array(text.utf8) + [0]
        let count = bytes.count - 1
        #expect(DecimalText.parse(bytes, count: count, precision: precision, scale: scale,
        into: &wide) == .outOfRange)
        if precision <= 18 { #expect(status(text, precision, scale, &narrow) == .outOfRange) }
    }

    @Test func writing() {
        #expect(DecimalText.string(-5, scale: 2) == "-0.05")
        #expect(DecimalText.string(0, scale: 3) == "0.000")
        #expect(DecimalText.string(-DecimalArithmetic.maximum, scale: 37)
            == "-9.9999999999999999999999999999999999999")
        #expect(DecimalText.string(-DecimalArithmetic.maximum, scale: 38)
            == "-0.99999999999999999999999999999999999999")
        #expect(DecimalText.string(Int128(Int64.min), scale: 18) == "-9.223372036854775808")
        #expect(DecimalText.string(Int128.min, scale: 0) == "-170141183460469231731687303715884105728")
        #expect(DecimalText.string(1_000_000_000_000_000_000_000, scale: 0) == "1000000000000000000000")
    }

    @Test func rescaling() {
        #expect(DecimalArithmetic.rescale(Int128(125), from: 2, to: 1) == 13)
        #expect(DecimalArithmetic.rescale(Int128(-125), from: 2, to: 1) == -13)
        #expect(DecimalArithmetic.rescale(Int128(1), from: 0, to: 38) == nil)
        #expect(DecimalArithmetic.rescale(Int128(1), from: 0, to: 37) == PowersOfTen.int128(37))
        #expect(DecimalArithmetic.rescale(Int64(-15), from: 1, to: 0) == -2)
        #expect(DecimalArithmetic.rescale(Int64.max, from: 0, to: 1) == nil)
        #expect(DecimalArithmetic.rescale(Int64.max, from: 19, to: 0) == 1)
        #expect(DecimalArithmetic.fits(99, precision: 2) && !DecimalArithmetic.fits(-100, precision: 2))
    }

    @Test func digitCounts() {
        for exponent in 1...38 {
            let power = UInt128(PowersOfTen.int128(exponent))
            #expect(PowersOfTen.digitCount(power) == exponent + 1)
            #expect(PowersOfTen.digitCount(power - 1) == exponent)
        }
        #expect(PowersOfTen.digitCount(0) == 1)
        #expect(PowersOfTen.digitCount(.max) == 39)
    }

    @Test func literalTypes() throws {
        func natural(_ text: String) -> [Int]? {
            let bytes = Array(text.utf8)
            return DecimalText.naturalType(bytes, count: bytes.count).map { [$0.precision, $0.scale] }
        }
        #expect(natural("1.50") == [3, 2])
        #expect(natural("0.05") == [2, 2])
        #expect(natural("100") == [3, 0])
        #expect(natural("0") == [1, 0])
        #expect(natural("1e3") == [4, 0])
        #expect(natural("1e40") == nil)
    }

    @Test func integers() {
        #expect(IntegerText.parse("9223372036854775807") == .max)
        #expect(IntegerText.parse("-9223372036854775808") == .min)
        #expect(IntegerText.parse("+00000000000000000000000000012345678") == 12_345_678)
        for bad in ["", "-", "1.0", " 1", "9223372036854775808", "-9223372036854775809", "12345678901234567890123",
        "1a"] {
            #expect(IntegerText.parse(bad) == nil, "\(bad)")
        }
        var buffer = [UInt8](repeating: 0, count: 40)
        var state: UInt64 = 1
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Int64(bitPattern: state) >> Int64(state >> 58)
            let count = IntegerText.write(value, to: &buffer)
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            if text != String(value) || IntegerText.parse(text) != value { Issue.record("\(value) became \(text)") }
        }
    }
}

private func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
