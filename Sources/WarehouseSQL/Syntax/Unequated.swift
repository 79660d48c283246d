/// Holds a value that plays no part in equality and hashing: places and original spellings. Two syntax trees are
/// equal when they mean the same text apart from layout, which is what matching GROUP BY expressions needs.
@propertyWrapper
public struct Unequated<Value: Sendable>: Hashable, Sendable {
    public var wrappedValue: Value
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public static func == (left: Unequated, right: Unequated) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}
}
