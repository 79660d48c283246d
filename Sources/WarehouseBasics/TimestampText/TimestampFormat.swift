/// A date, time or timestamp format (`YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM`), compiled once and used for every value.
///
/// Elements, in any case: YYYY YY UUUU, MM MON MMMM, DD DY, HH24 HH12 (HH: the second beside AM or PM, else the first),
/// AM PM, MI, SS, FF and FF0 to FF9, TZH TZM TZHTZM TZH:TZM, `"quoted text"`. Anything else stands for itself. `AUTO`
/// detects the form of each value.
public struct TimestampFormat: Sendable, Hashable {
    enum Element: Hashable, Sendable {
        case literal(UInt8)
        case year4, year2
        case month, monthShort, monthFull
        case day, weekdayShort
        case hour24, hour12, meridiem
        case minute, second
        /// Digits of the fraction; `point` when a `.` stood before it, which then comes and goes with it.
        case fraction(digits: Int, point: Bool)
        case zone(ZoneForm)
    }

    enum ZoneForm: Hashable, Sendable {
        case hours, minutes, hoursMinutes, hoursColonMinutes
    }

    /// As it was given.
    public let text: String
    /// Whether the form of each value is detected (reading), or the type's standard form written.
    public let isAuto: Bool
    let elements: [Element]
    /// First of the hundred years that YY means: TWO_DIGIT_CENTURY_START.
    let centuryStart: Int

    /// More bytes than any format in use; keeps output buffers small.
    public static let maximumTextLength = 256

    /// Compiles a format. Throws `invalidValue` when it is too long or has an unclosed quote.
    public init(_ text: String, centuryStart: Int = 1970) throws(WarehouseError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= TimestampFormat.maximumTextLength else {
            throw WarehouseError(
                .invalidValue, "A date or time format has at most \(TimestampFormat.maximumTextLength) characters.")
        }
        guard let elements = TimestampFormat.compile(bytes) else {
            throw WarehouseError(.invalidValue, "Invalid date or time format '\(text)': a double quote is not closed.")
        }
        self.init(text: text, elements: elements, centuryStart: centuryStart)
    }

    private init(text: String, elements: [Element], centuryStart: Int) {
        self.text = text
        self.elements = elements
        self.centuryStart = centuryStart
        isAuto = text.utf8.elementsEqual("AUTO".utf8) { $0 & 0xDF == $1 }
    }

    /// For formats of ours that are known to compile.
    private init(constant text: String) {
        self.init(
            text: text, elements: TimestampFormat.compile(Array(text.utf8)) ?? [], centuryStart: 1970)
    }

    /// Detects the form of each value.
    public static let auto = TimestampFormat(constant: "AUTO")
    /// DATE_OUTPUT_FORMAT's default.
    public static let date = TimestampFormat(constant: "YYYY-MM-DD")
    /// TIME_OUTPUT_FORMAT's default.
    public static let time = TimestampFormat(constant: "HH24:MI:SS")
    /// TIMESTAMP_NTZ_OUTPUT_FORMAT's default.
    public static let timestampNTZ = TimestampFormat(constant: "YYYY-MM-DD HH24:MI:SS.FF3")
    /// TIMESTAMP_OUTPUT_FORMAT's default, of TIMESTAMP_LTZ and TIMESTAMP_TZ.
    public static let timestampZoned = TimestampFormat(constant: "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM")

    /// The longest text `write` makes, in bytes.
    public var maximumWrittenLength: Int {
        elements.reduce(0) { sum, element in
            switch element {
            case .literal: sum + 1
            case .year4: sum + 5
            case .monthFull: sum + 9
            case .fraction: sum + 10
            case .zone: sum + 6
            default: sum + 3
            }
        }
    }

    /// Longer spellings before their beginnings.
    private static let spellings: [(name: StaticString, element: Element)] = [
        ("YYYY", .year4), ("UUUU", .year4), ("YY", .year2),
        ("MMMM", .monthFull), ("MON", .monthShort), ("MM", .month), ("MI", .minute),
        ("DD", .day), ("DY", .weekdayShort),
        ("HH24", .hour24), ("HH12", .hour12), ("HH", .hour24), ("AM", .meridiem), ("PM", .meridiem), ("SS", .second),
        ("TZH:TZM", .zone(.hoursColonMinutes)), ("TZHTZM", .zone(.hoursMinutes)), ("TZH", .zone(.hours)),
        ("TZM", .zone(.minutes)),
    ]

    /// Nil when a quote is not closed.
    private static func compile(_ bytes: [UInt8]) -> [Element]? {
        var elements: [Element] = []
        var plainHours: [Int] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\"") {
                guard let next = quoted(bytes, from: index + 1, into: &elements) else { return nil }
                index = next
            } else if let (element, length) = named(bytes, at: index) {
                if case .fraction(let digits, _) = element, elements.last == .literal(UInt8(ascii: ".")) {
                    elements[elements.count - 1] = .fraction(digits: digits, point: true)
                } else {
                    if element == .hour24, length == 2 { plainHours.append(elements.count) }
                    elements.append(element)
                }
                index += length
            } else {
                elements.append(.literal(bytes[index]))
                index += 1
            }
        }
        if elements.contains(.meridiem) { for place in plainHours { elements[place] = .hour12 } }
        return elements
    }

    /// Appends the text up to the closing quote (`""` is a quote); the index behind it.
    private static func quoted(_ bytes: [UInt8], from start: Int, into elements: inout [Element]) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\"") {
                guard index + 1 < bytes.count, bytes[index + 1] == bytes[index] else { return index + 1 }
                index += 1
            }
            elements.append(.literal(bytes[index]))
            index += 1
        }
        return nil
    }

    private static func named(_ bytes: [UInt8], at index: Int) -> (element: Element, length: Int)? {
        for (name, element) in spellings where matches(bytes, index, name) {
            return (element, name.utf8CodeUnitCount)
        }
        guard matches(bytes, index, "FF") else { return nil }
        if index + 2 < bytes.count, ByteScanner.isDigit(bytes[index + 2]) {
            return (.fraction(digits: Int(bytes[index + 2] - 48), point: false), 3)
        }
        return (.fraction(digits: 9, point: false), 2)
    }

    private static func matches(_ bytes: [UInt8], _ index: Int, _ name: StaticString) -> Bool {
        guard index + name.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<name.utf8CodeUnitCount {
            var byte = bytes[index + offset]
            if byte >= 97, byte <= 122 { byte -= 32 }
            if byte != name.utf8Start[offset] { return false }
        }
        return true
    }
}
