import WarehouseBasics
import WarehouseColumns

/// REQUIRE_SINGLE_ROW(count): the number of rows a scalar subquery gave for a row, which must not be more than one.
final class SingleRowKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let counts = Argument<Int64>(inputs[0]), out = output.int64s
        try output.forEachValid(count) { row in
            guard counts[row] <= 1 else {
                throw WarehouseError(.singleRowSubquery, "Single-row subquery returns more than one row.")
            }
            out[row] = counts[row]
        }
    }
}
