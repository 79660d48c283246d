import WarehouseEngine

/// A type that functions registered with a warehouse take and give: `Int`, `Int64`, `Double`, `Bool`, `String`,
/// `[UInt8]` (BINARY), and an `Optional` of each.
///
/// A parameter that is no `Optional` makes the function strict: where its argument is NULL the result is NULL without
/// a call, and an aggregate leaves the row out.
public protocol FunctionValue: Sendable {
    /// The SQL type that stands for it.
    static var nativeType: NativeType { get }
    /// Whether it can be NULL.
    static var takesNull: Bool { get }
    /// The value of an argument in a row; not called for NULL unless `takesNull`.
    static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> Self
    /// Puts the value where the row's result goes.
    func write(to result: NativeResult, _ row: Int) throws
}

extension FunctionValue {
    public static var takesNull: Bool { false }
    static var parameter: NativeParameter { NativeParameter(nativeType, takesNull: takesNull) }
}

extension Int64: FunctionValue {
    public static var nativeType: NativeType { .integer }
    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> Int64 { rows.integer(argument, row) }
    public func write(to result: NativeResult, _ row: Int) { result.set(self, row) }
}

extension Int: FunctionValue {
    public static var nativeType: NativeType { .integer }
    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> Int { Int(rows.integer(argument, row)) }
    public func write(to result: NativeResult, _ row: Int) { result.set(Int64(self), row) }
}

extension Double: FunctionValue {
    public static var nativeType: NativeType { .float }
    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> Double { rows.float(argument, row) }
    public func write(to result: NativeResult, _ row: Int) { result.set(self, row) }
}

extension Bool: FunctionValue {
    public static var nativeType: NativeType { .boolean }
    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> Bool { rows.boolean(argument, row) }
    public func write(to result: NativeResult, _ row: Int) { result.set(self, row) }
}

extension String: FunctionValue {
    public static var nativeType: NativeType { .text }
    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> String { rows.text(argument, row) }
    public func write(to result: NativeResult, _ row: Int) throws { try result.set(self, row) }
}

extension Array: FunctionValue where Element == UInt8 {
    public static var nativeType: NativeType { .binary }
    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> [UInt8] { rows.bytes(argument, row) }
    public func write(to result: NativeResult, _ row: Int) throws { try result.set(self, row) }
}

extension Optional: FunctionValue where Wrapped: FunctionValue {
    public static var nativeType: NativeType { Wrapped.nativeType }
    public static var takesNull: Bool { true }

    public static func read(_ rows: NativeRows, _ argument: Int, _ row: Int) -> Wrapped? {
        rows.isNull(argument, row) ? nil : Wrapped.read(rows, argument, row)
    }

    public func write(to result: NativeResult, _ row: Int) throws {
        if let self { try self.write(to: result, row) } else { result.setNull(row) }
    }
}
