import WarehouseBasics

/// A data type as written. Which names exist and what their arguments mean is the binder's to say.
public struct TypeName: Hashable, Sendable {
    /// Upper case; several words are joined by one space: `DOUBLE PRECISION`, `TIMESTAMP WITH TIME ZONE`.
    public var name: String
    public var arguments: [TypeArgument]
    @Unequated public var span: SourceSpan
    public init(name: String, arguments: [TypeArgument] = [], span: SourceSpan = .none) {
        self.name = name
        self.arguments = arguments
        self.span = span
    }
}

/// What stands in the parentheses of a type.
public indirect enum TypeArgument: Hashable, Sendable {
    /// `NUMBER(10, 2)`, `VARCHAR(16)`, the dimension of VECTOR.
    case integer(Int)
    /// The element of ARRAY, the key and value of MAP, the element of VECTOR.
    case type(TypeName, isNotNull: Bool)
    /// A key of a structured OBJECT.
    case field(Identifier, TypeName, isNotNull: Bool)
}
