import WarehouseBasics

/// Which type becomes which without being asked, after Snowflake's table of data type conversions.
public enum Coercion {
    /// The type two operands of a comparison, branches of a CASE, or columns of a set operation meet in; nil when
    /// there is none. Text yields to every type that can be read from text, NUMBER yields to FLOAT, DATE to timestamps.
    public static func common(_ a: LogicalType, _ b: LogicalType) -> LogicalType? {
        if a == b { return a }
        return ordered(a, b) ?? ordered(b, a)
    }

    /// The common type of several; nil for none or when two do not meet.
    public static func common(_ types: some Sequence<LogicalType>) -> LogicalType? {
        var result: LogicalType?
        for type in types {
            guard let known = result else {
                result = type
                continue
            }
            guard let merged = common(known, type) else { return nil }
            result = merged
        }
        return result
    }

    private static func ordered(_ a: LogicalType, _ b: LogicalType) -> LogicalType? {
        switch (a, b) {
        case (.null, _): b
        case (_, .null): a
        case (.number, .number): NumberTypes.union(a, b)
        case (.number, .float), (.boolean, .float): .float
        case (.boolean, .number): NumberTypes.union(.number(precision: 1, scale: 0), b)
        case (.varchar(let x), .varchar(let y)): .varchar(length: max(x, y))
        case (.varchar, .number): textAsNumber(b)
        case (.varchar, .float), (.varchar, .boolean), (.varchar, .date), (.varchar, .time), (.varchar, .timestampNTZ),
             (.varchar, .timestampLTZ), (.varchar, .timestampTZ): b
        case (.binary(let x), .binary(let y)): .binary(length: max(x, y))
        case (.time(let x), .time(let y)): .time(scale: max(x, y))
        case (.variant, .number): .number(precision: 38, scale: max(b.scale ?? 0, 12))
        case (.variant, .object), (.variant, .array), (.object, .array): .variant
        // A VARIANT's text may be longer than the text beside it.
        case (.variant, .varchar): .text
        case (.variant, .binary): .binary(length: LogicalType.maximumBinaryLength)
        case (.variant, _): b
        case (.array, .array): .array(element: nil)
        default: commonTimestamp(a, b)
        }
    }

    /// What a text of unknown content is read as beside a NUMBER: room for fractions and for 33 digits before them.
    private static func textAsNumber(_ type: LogicalType) -> LogicalType {
        .number(precision: 38, scale: max(type.scale ?? 0, 5))
    }

    private static func commonTimestamp(_ a: LogicalType, _ b: LogicalType) -> LogicalType? {
        func rank(_ type: LogicalType) -> Int? {
            switch type {
            case .date: 0
            case .timestampNTZ: 1
            case .timestampLTZ: 2
            case .timestampTZ: 3
            default: nil
            }
        }
        guard let x = rank(a), let y = rank(b), x <= y else { return nil }
        let scale = max(x == 0 ? 0 : a.scale ?? 0, b.scale ?? 0)
        switch y {
        case 1: return .timestampNTZ(scale: scale)
        case 2: return .timestampLTZ(scale: scale)
        default: return .timestampTZ(scale: scale)
        }
    }

    /// Whether a value of `source` may stand where `target` is expected without a cast being written.
    public static func isImplicit(from source: LogicalType, to target: LogicalType) -> Bool {
        switch (source, target) {
        case (.null, _), (.number, .number), (.float, .float), (.varchar, .varchar), (.boolean, .boolean),
             (.binary, .binary), (.date, .date), (.time, .time), (.array, .array), (.object, .object): true
        case (.varchar, .number), (.varchar, .float), (.varchar, .boolean), (.varchar, .date), (.varchar, .time): true
        case (.varchar, _) where target.isTimestamp: true
        case (.number, .float), (.number, .varchar), (.number, .boolean), (.number, .variant): true
        case (.number, _) where target.isTimestamp: true
        case (.float, .number), (.float, .varchar), (.float, .boolean), (.float, .variant): true
        case (.boolean, .varchar), (.boolean, .number), (.boolean, .float), (.boolean, .variant): true
        case (.date, .varchar), (.time, .varchar): true
        case (.date, _) where target.isTimestamp: true
        case (.variant, .binary): false
        case (.variant, _): true
        case (.object, .variant), (.array, .variant): true
        case (_, _) where source.isTimestamp:
            target.isTimestamp || target == .date || target.isText
                || { if case .time = target { true } else { false } }()
        default: false
        }
    }

    /// Whether CAST accepts the pair.
    public static func isExplicit(from source: LogicalType, to target: LogicalType) -> Bool {
        if isImplicit(from: source, to: target) || target == .variant { return true }
        switch (source, target) {
        case (.varchar, .binary), (.binary, .varchar), (.variant, .binary): return true
        case (.object, .varchar), (.array, .varchar), (.varchar, .array), (.object, .array): return true
        default: return false
        }
    }

    /// Whether TRY_CAST accepts the pair: its source is text.
    public static func isTry(from source: LogicalType, to target: LogicalType) -> Bool {
        (source.isText || source == .null || source == .variant) && isExplicit(from: source, to: target)
            || source.isNumeric && (target.isNumeric || target.isText)
            || source.isTemporal && (target.isTemporal || target.isText) || source == target
    }
}

extension LogicalType {
    /// Whether values of both are compared, joined and stored alike: precision of NUMBER and length of texts do not
    /// matter, everything else does.
    public func isSameForm(as other: LogicalType) -> Bool {
        switch (self, other) {
        case (.number(_, let a), .number(_, let b)): a == b
        case (.varchar, .varchar), (.binary, .binary): true
        case (.array(let a?), .array(let b?)): a.isSameForm(as: b)
        default: self == other
        }
    }

    /// The family's name as argument lists in error messages show it.
    var familyName: String { description }
}
