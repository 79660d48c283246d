import WarehouseBasics

/// `NAME = value`, or bare words such as `COPY GRANTS`. Lists of them keep their order.
public struct ObjectProperty: Hashable, Sendable {
    /// Upper case; several words are joined by one space.
    public var name: String
    /// nil for bare words.
    public var value: PropertyValue?
    @Unequated public var span: SourceSpan
    public init(name: String, value: PropertyValue? = nil, span: SourceSpan = .none) {
        self.name = name
        self.value = value
        self.span = span
    }
}

/// What a property is set to.
public indirect enum PropertyValue: Hashable, Sendable {
    case string(String)
    /// Digits as written, with a leading `-` where one was.
    case number(String)
    case boolean(Bool)
    case null
    /// A name or keyword: `CSV`, `my_format`, `db.sch.my_format`.
    case name(ObjectReference)
    /// `$name`, folded.
    case variable(String)
    case parameter(BindParameter)
    /// `('a', 'b')`, also `(my_format)` and `()`.
    case list([PropertyValue])
    /// `(TYPE = CSV SKIP_HEADER = 1)`.
    case properties([ObjectProperty])
    /// A call or another expression, such as the TIMESTAMP of a parameter.
    case expression(Expression)
}

extension [ObjectProperty] {
    /// The value of the last property of that name (upper case); nil when there is none or it is bare.
    public subscript(_ name: String) -> PropertyValue? { last { $0.name == name }?.value }
    /// Whether a property of that name (upper case) is there, bare or not.
    public func contains(_ name: String) -> Bool { contains { $0.name == name } }
}

extension PropertyValue {
    /// The text of a string, number, boolean or one-part or dotted name; nil for the rest.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .boolean(let value): value ? "TRUE" : "FALSE"
        case .name(let reference): reference.parts?.map(\.name).joined(separator: ".")
        default: nil
        }
    }
}
