import WarehouseBasics

/// A function that users defined: one overload.
public struct CatalogFunction: Sendable {
    /// A parameter; `defaultText` is the SQL of its default.
    public struct Parameter: Hashable, Sendable {
        public var name: String
        public var type: LogicalType
        public var defaultText: String?
        public init(name: String, type: LogicalType, defaultText: String? = nil) {
            self.name = name
            self.type = type
            self.defaultText = defaultText
        }
    }

    /// What it gives.
    public enum Result: Hashable, Sendable {
        case scalar(LogicalType)
        case table([ColumnSchema])
    }

    /// How it is computed.
    public enum Body: Sendable {
        /// An expression or a query over the parameters, whose names `catalog` resolves.
        case sql(String, catalog: any Catalog)
        /// A function that the program around the warehouse registered, by the name kernels find it under.
        case native(String, isAggregate: Bool, isVolatile: Bool)
    }

    public var name: ObjectName
    public var parameters: [Parameter]
    public var result: Result
    public var body: Body
    /// Whether nothing but what it gives may come of it.
    public var isSecure: Bool
    /// Whether errors within its text say nothing of it: a secure function's, for all but its owner.
    public var hidesText: Bool

    public init(name: ObjectName, parameters: [Parameter], result: Result, body: Body, isSecure: Bool = false,
                hidesText: Bool = false) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.body = body
        self.isSecure = isSecure
        self.hidesText = hidesText
    }
}
