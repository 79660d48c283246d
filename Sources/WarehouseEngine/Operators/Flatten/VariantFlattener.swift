import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Flattens VARIANT, OBJECT and ARRAY values.
final class VariantFlattener: RowFlattener {
    private let output: FlattenOutput
    private let options: FlattenOptions
    private let path = ByteBuffer()
    @exclusivity(unchecked) private var parent = 0
    @exclusivity(unchecked) private var seq: Int64 = 0
    @exclusivity(unchecked) private var wantsMore = true

    init(_ options: FlattenOptions, _ output: FlattenOutput) {
        self.output = output
        self.options = options
    }

    func flatten(_ batch: Batch, _ vector: Vector, _ sequence: Int64) throws -> Bool {
        let holder = vector.valueHolder
        output.begin(batch, owner: holder)
        wantsMore = true
        for row in 0..<batch.rowCount where wantsMore {
            parent = row
            seq = sequence + Int64(row) + 1
            path.removeAll()
            path.append(text: options.pathText)
            var value: VariantView?
            if !vector.isNull(row) {
                value = options.path.find(in: VariantView(holder.strings[vector.valueIndex(row)]))
            }
            let isEmpty = value.map { !expands($0) || $0.elementCount == 0 } ?? true
            if let value, !isEmpty {
                try expand(value)
            } else if options.isOuter {
                wantsMore = try output.add(parent: row, seq: seq, FlattenOutput.VariantRow(
                    path: output.wantsPath ? output.keep(path) : nil, this: value?.encoded))
            }
        }
        guard wantsMore else { return false }
        return try output.flush()
    }

    private func expands(_ value: VariantView) -> Bool {
        switch options.mode {
        case .both: value.kind.isContainer
        case .object: value.kind == .object
        case .array: value.kind == .array
        }
    }

    private func expand(_ value: VariantView) throws {
        let isObject = value.kind == .object, length = path.count
        for index in 0..<value.elementCount where wantsMore {
            let element = value[index]
            // An element that is missing gives no row; JSON null gives one.
            if element.kind == .undefined { continue }
            let key = isObject ? value.key(index) : nil
            if output.wantsPath || options.isRecursive { appendStep(key, index) }
            wantsMore = try output.add(parent: parent, seq: seq, FlattenOutput.VariantRow(
                key: key, path: output.wantsPath ? output.keep(path) : nil, index: isObject ? nil : index,
                value: element.encoded,
                this: output.wantsThis ? value.encoded : nil))
            if options.isRecursive, wantsMore, expands(element) { try expand(element) }
            path.truncate(to: length)
        }
    }

    private func appendStep(_ key: StringView?, _ index: Int) {
        guard let key else {
            path.append(UInt8(ascii: "["))
            path.append(text: String(index))
            return path.append(UInt8(ascii: "]"))
        }
        if VariantPath.isPlain(key) {
            if path.count > 0 { path.append(UInt8(ascii: ".")) }
            path.append(key)
        } else {
            path.append("['")
            path.append(key)
            path.append("']")
        }
    }
}
