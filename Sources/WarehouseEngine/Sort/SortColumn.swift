import WarehouseBasics
import WarehouseColumns

/// A column that rows are ordered by.
struct SortColumn {
    /// Index among the rows' columns.
    var column: Int
    var isDescending = false
    var nullsFirst = false
    var order = ValueOrder.plain

    /// How values compare.
    enum ValueOrder {
        case plain
        /// TIMESTAMP_TZ: by instant.
        case zoned
        /// VARIANT, OBJECT and ARRAY held as `VariantEncoding`.
        case variant

        init(_ type: LogicalType) {
            switch type {
            case .timestampTZ: self = .zoned
            case .variant, .object, .array: self = .variant
            default: self = .plain
            }
        }
    }
}
