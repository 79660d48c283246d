import WarehouseBasics
import WarehouseColumns

/// One column's rows of a chunk. All numbers little-endian; begins at a multiple of 8; parts padded to 8.
///
///   offset size
///        0    1  encoding, see below
///        1    1  validity: 0 no nulls, 1 bitmap, 2 flips
///        2    2  0
///        4    4  rows
///        8    4  bytes of the validity
///       12    4  0
///       16       validity — bitmap: a bit a row, 1 = valid, in 8-byte words; flips: 4-byte rows at which
///                validity changes, ascending, rows before the first being valid
///                payload:
///
///   0 all null     nothing
///   1 integers     integer chunk (`IntegerChunkFormat`); BOOLEAN as 0 and 1
///   2 double bits  integer chunk of the 64-bit patterns
///   3 decimals     1 exponent e (0…15) | 3 zero | 4 exceptions | 8 bytes of the integers | integer chunk of n |
///                  exceptions × 4 row | padding | exceptions × 8 bit pattern        value = n / 10^e, exactly
///   4 codes        integer chunk of codes into the segment's dictionary of the column
///   5 strings      8 bytes of all strings | 8 stored bytes | 8 bytes of the lengths | integer chunk of the lengths |
///                  the strings one behind the other, LZ4-compressed where the stored bytes are fewer
///   6 lists        8 elements | 8 bytes of the lengths | integer chunk of the lengths | column chunk of the elements
///
/// A null row has some value, never read.
///
/// A dictionary stands once per segment and column: 8 entries | then for strings what encoding 5 has for its rows,
/// for numbers entries × 8 bit pattern.
enum ColumnChunkFormat {
    enum Encoding: UInt8 { case allNull = 0, integers, doubleBits, decimals, codes, strings, lists }
    enum ValidityKind: UInt8 { case none = 0, bitmap, flips }
    static let headerBytes = 16
}

/// What is stored in a column, however wide.
indirect enum ColumnKind: Hashable, Sendable {
    case bool, integer, double, string
    case list(ColumnKind)

    init(_ type: LogicalType) {
        if case .array(let element?) = type {
            self = .list(ColumnKind(element))
        } else if type.hasVariableWidth {
            self = .integer
        } else {
            switch type.widestPhysicalType {
            case .bool: self = .bool
            case .double: self = .double
            default: self = .string
            }
        }
    }

    var isInteger: Bool { self == .integer || self == .bool }
}
