import WarehouseBasics
import WarehouseColumns

/// A column of the batch, handed on as it is.
final class ColumnNode: ExpressionEvaluator {
    private let index: Int
    init(index: Int) { self.index = index }
    override func evaluate(_ batch: Batch) throws -> Vector { batch.vectors[index] }
}

/// One value for all rows.
final class ConstantNode: ExpressionEvaluator {
    private let vector: Vector

    init(_ value: ScalarValue, physicalType: PhysicalType, child: Vector? = nil) {
        vector = Vector(physicalType, capacity: 1, child: child)
        vector.fillConstant(value)
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        vector.count = batch.rowCount
        return vector
    }
}

extension Vector {
    /// Makes this a constant vector of one row. The value must fit the physical type; a list can only be NULL.
    func fillConstant(_ value: ScalarValue) {
        beginConstant(rows: 1)
        storeZero(at: 0)
        switch value {
        case .null: setNull(0)
        case .boolean(let flag): bools[0] = flag ? 1 : 0
        case .double(let number): doubles[0] = number
        case .bytes(let bytes): strings[0] = arena.copy(bytes)
        case .integer(let number): storeInteger(number, at: 0)
        }
    }

    /// Writes the value a null row holds.
    func storeZero(at row: Int) {
        switch physicalType {
        case .bool: bools[row] = 0
        case .int32: int32s[row] = 0
        case .int64: int64s[row] = 0
        case .int128: int128s[row] = 0
        case .double: doubles[row] = 0
        case .string: strings[row] = .empty
        case .list:
            if row == 0 { offsets[0] = 0 }
            offsets[row + 1] = offsets[row]
        }
    }

    /// Writes an integer of an integer vector, whatever its width; it must fit.
    @inline(__always) func storeInteger(_ value: Int128, at row: Int) {
        switch physicalType {
        case .int32: int32s[row] = Int32(truncatingIfNeeded: value)
        case .int64: int64s[row] = Int64(truncatingIfNeeded: value)
        default: int128s[row] = value
        }
    }

    /// The value of one row of any form but a list; `type` tells nothing but which case it is.
    func scalar(at row: Int) -> ScalarValue? {
        if isNull(row) { return .null }
        let holder = valueHolder, index = valueIndex(row)
        switch physicalType {
        case .bool: return .boolean(holder.bools[index] != 0)
        case .int32: return .integer(Int128(holder.int32s[index]))
        case .int64: return .integer(Int128(holder.int64s[index]))
        case .int128: return .integer(holder.int128s[index])
        case .double: return .double(holder.doubles[index])
        case .string: return .bytes(Array(holder.strings[index].buffer))
        case .list: return nil
        }
    }
}
