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

    public init(name: ObjectName, parameters: [Parameter], result: Result, body: Body) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.body = body
    }
}
