import MiniWarehouse
import WarehouseColumns
import WarehouseIngest

/// Prints a result as objects: one array with an object a line, or an object a line and no array.
///
/// A name that several columns have gets a number from its second one on (`ID`, `ID_2`), since readers of JSON keep
/// only one value of a key.
struct JSONResultWriter {
    private let result: ResultSet
    private let isLines: Bool
    private let rows: JSONRowWriter

    init(_ result: ResultSet, isLines: Bool) {
        self.result = result
        self.isLines = isLines
        let names = JSONResultWriter.distinctNames(result.columns.map(\.name))
        rows = JSONRowWriter(columns: zip(names, result.columns).map { (name: $0, type: $1.type) },
                             formats: result.formats)
    }

    func write(to output: TextOutput) throws {
        let buffer = ByteBuffer()
        var isFirst = true
        if !isLines { buffer.append("[") }
        try result.forEachBatch { batch in
            try StatementCancellation.check()
            for row in 0..<batch.rowCount {
                if !isLines { buffer.append(isFirst ? "\n" : ",\n") }
                isFirst = false
                rows.appendObject(batch.vectors, row, to: buffer)
                if isLines { buffer.append("\n") }
                if buffer.count > 1 << 16 { try output.write(buffer) }
            }
        }
        if !isLines { buffer.append(isFirst ? "]\n" : "\n]\n") }
        try output.write(buffer)
    }

    static func distinctNames(_ names: [String]) -> [String] {
        var taken = Set(names)
        var seen: Set<String> = []
        return names.map { name in
            if seen.insert(name).inserted { return name }
            var number = 2
            while taken.contains("\(name)_\(number)") { number += 1 }
            taken.insert("\(name)_\(number)")
            return "\(name)_\(number)"
        }
    }
}
