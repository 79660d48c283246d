import WarehouseBasics
import WarehouseColumns

/// ARRAY_SIZE of a list.
final class ListSizeKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0], offsets = input.offsets, out = output.int64s
        if input.form == .constant {
            out.update(repeating: Int64(offsets[1] - offsets[0]), count: count)
        } else {
            for row in 0..<count { out[row] = Int64(offsets[row + 1] &- offsets[row]) }
        }
    }
}

/// GET(list of texts, index): the element, NULL past either end.
final class ListElementKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0], isConstant = input.form == .constant
        guard let child = input.child else { return }
        let elements = child.flattened(into: Vector(child.physicalType))
        let indexes = Argument<Int64>(inputs[1]), offsets = input.offsets, out = output.strings
        output.takeOwners(of: input)
        output.takeOwners(of: elements)
        output.forEachValid(count) { row in
            let list = isConstant ? 0 : row
            let length = Int64(offsets[list + 1] - offsets[list]), index = indexes[row]
            let place = Int(offsets[list]) + Int(truncatingIfNeeded: index)
            if index < 0 || index >= length || elements.isNull(place) {
                out[row] = .empty
                output.setNull(row)
            } else {
                out[row] = elements.strings[place]
            }
        }
    }
}

/// ARRAY_TO_STRING of a list of texts.
final class ListJoinKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0], isConstant = input.form == .constant
        guard let child = input.child else { return }
        let elements = child.flattened(into: Vector(child.physicalType))
        let separators = Argument<StringView>(inputs[1]), offsets = input.offsets
        let out = output.strings, arena = output.arena
        let text = ByteBuffer()
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let list = isConstant ? 0 : row
            text.removeAll()
            for place in Int(offsets[list])..<Int(offsets[list + 1]) {
                if place > Int(offsets[list]) { text.append(separators[row]) }
                if !elements.isNull(place) { text.append(elements.strings[place]) }
            }
            try budget.take(text.count)
            out[row] = arena.copy(text.view)
        }
    }
}
