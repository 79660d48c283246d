import WarehouseBasics
import WarehouseColumns

/// GET_PATH(value, path); the last path compiled is kept.
final class GetPathKernel: ScalarKernel {
    private var last: (text: [UInt8], path: VariantPath)?

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<StringView>(inputs[0]), paths = Argument<StringView>(inputs[1]), out = output.strings
        output.takeOwners(of: inputs[0])
        try output.forEachValid(count) { row in
            if let found = try path(paths[row]).find(in: VariantView(values[row])), found.kind != .undefined {
                out[row] = found.encoded
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }

    private func path(_ text: StringView) throws -> VariantPath {
        if let last, last.text.elementsEqual(text.buffer) { return last.path }
        let path = try VariantPath(text.string)
        last = (Array(text.buffer), path)
        return path
    }
}
