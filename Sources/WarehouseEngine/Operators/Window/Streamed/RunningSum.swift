import WarehouseBasics
import WarehouseColumns

/// COUNT, SUM and AVG of integers.
final class RunningSum: RunningWindow {
    private let function: FrameSumFunction
    private var sum: Int128 = 0
    private var count: Int64 = 0

    init(_ function: FrameSumFunction) { self.function = function }

    func run(_ slice: WindowSlice) throws -> ColumnBuffer {
        let result = ColumnBuffer(function.resultType), source = function.column.map { slice.rows.columns[$0] }
        result.reserve(slice.range.count)
        for (index, row) in slice.range.enumerated() {
            if slice.numbers[index] == 1 { (sum, count) = (0, 0) }
            if source.map({ !$0.isNull(row) }) ?? true { count += 1 }
            var value: Int128? = Int128(count)
            if let finish = function.finish {
                sum &+= source?.integer(row) ?? 0
                value = try finish.value(sum: sum, count: count)
            }
            guard let value else {
                result.appendNull()
                continue
            }
            result.append(integer: value)
            guard result.physicalType == function.resultType else { throw SumFinish.overflow }
        }
        return result
    }
}

/// SUM and AVG of FLOAT.
final class RunningDoubleSum: RunningWindow {
    private let function: FrameDoubleFunction
    private var sum = 0.0
    private var count = 0

    init(_ function: FrameDoubleFunction) { self.function = function }

    func run(_ slice: WindowSlice) throws -> ColumnBuffer {
        let result = ColumnBuffer(.double), source = slice.rows.columns[function.column]
        result.reserve(slice.range.count)
        for (index, row) in slice.range.enumerated() {
            if slice.numbers[index] == 1 { (sum, count) = (0, 0) }
            if !source.isNull(row) {
                sum += source.doubles[row]
                count += 1
            }
            if count == 0 { result.appendNull() }
            else { result.append(double: function.isAverage ? sum / Double(count) : sum) }
        }
        return result
    }
}
