// A logical type in bytes: tag u8, then for some tags their numbers as varints.
//
//   0 NUMBER precision scale    1 FLOAT        2 VARCHAR length   3 BINARY length   4 BOOLEAN   5 DATE
//   6 TIME scale                7 NTZ scale    8 LTZ scale        9 TZ scale       10 VARIANT  11 OBJECT
//  12 ARRAY                    13 ARRAY of one element type, which follows         14 NULL
extension LogicalType {
    public func write(to writer: inout ByteWriter) {
        func put(_ tag: UInt8, _ numbers: Int...) {
            writer.uint8(tag)
            for number in numbers { writer.varint(UInt64(number)) }
        }
        switch self {
        case .number(let precision, let scale): put(0, precision, scale)
        case .float: put(1)
        case .varchar(let length): put(2, length)
        case .binary(let length): put(3, length)
        case .boolean: put(4)
        case .date: put(5)
        case .time(let scale): put(6, scale)
        case .timestampNTZ(let scale): put(7, scale)
        case .timestampLTZ(let scale): put(8, scale)
        case .timestampTZ(let scale): put(9, scale)
        case .variant: put(10)
        case .object: put(11)
        case .array(nil): put(12)
        case .array(let element?):
            put(13)
            element.write(to: &writer)
        case .null: put(14)
        }
    }

    /// Throws for bytes that `write` does not make; arrays nest at most 16 deep.
    public init(from reader: inout ByteReader) throws(WarehouseError) {
        try self.init(from: &reader, depth: 0)
    }

    private init(from reader: inout ByteReader, depth: Int) throws(WarehouseError) {
        func number(_ limit: Int) throws(WarehouseError) -> Int { try reader.count(limit: limit) }
        switch try reader.uint8() {
        case 0:
            let precision = try number(LogicalType.maximumPrecision)
            self = .number(precision: precision, scale: try number(LogicalType.maximumPrecision))
        case 1: self = .float
        case 2: self = .varchar(length: try number(1 << 30))
        case 3: self = .binary(length: try number(1 << 30))
        case 4: self = .boolean
        case 5: self = .date
        case 6: self = .time(scale: try number(9))
        case 7: self = .timestampNTZ(scale: try number(9))
        case 8: self = .timestampLTZ(scale: try number(9))
        case 9: self = .timestampTZ(scale: try number(9))
        case 10: self = .variant
        case 11: self = .object
        case 12: self = .array(element: nil)
        case 13:
            guard depth < 16 else { throw reader.corrupt("arrays nest too deep") }
            self = .array(element: try LogicalType(from: &reader, depth: depth + 1))
        case 14: self = .null
        default: throw reader.corrupt("unknown type tag")
        }
    }
}
