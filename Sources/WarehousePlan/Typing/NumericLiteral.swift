import WarehouseBasics

/// The value and type of a number as written: `1` is NUMBER(1,0), `1.50` NUMBER(3,2), `1e3` FLOAT, and what needs more
/// than 38 digits FLOAT.
public enum NumericLiteral {
    public static func constant(_ digits: String, isNegative: Bool = false) -> Constant? {
        let text = (isNegative ? "-" : "") + digits
        if !digits.utf8.contains(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            let scale = parts.count > 1 ? parts[1].utf8.count : 0
            let leading = parts[0].drop { $0 == "0" }.utf8.count
            let precision = max(leading + scale, 1)
            if precision <= LogicalType.maximumPrecision, scale < LogicalType.maximumPrecision,
               let value = DecimalText.parse(text, precision: precision, scale: scale) {
                return Constant(.integer(value), .number(precision: precision, scale: scale))
            }
        }
        return FloatText.parse(text).map { .float($0) }
    }
}
