import WarehouseBasics

/// The value and type of a number as written: `1` is NUMBER(1,0), `1.50` NUMBER(3,2), `1e3` NUMBER(4,0), `15e-3`
/// NUMBER(3,3), and what needs more than 38 digits FLOAT.
public enum NumericLiteral {
    public static func constant(_ digits: String, isNegative: Bool = false) -> Constant? {
        let text = (isNegative ? "-" : "") + digits
        let bytes = Array(text.utf8)
        let type = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { DecimalText.naturalType($0, count: buffer.count) }
        }
        if let type, let value = DecimalText.parse(text, precision: type.precision, scale: type.scale) {
            return Constant(.integer(value), .number(precision: type.precision, scale: type.scale))
        }
        return FloatText.parse(text).map { .float($0) }
    }
}
