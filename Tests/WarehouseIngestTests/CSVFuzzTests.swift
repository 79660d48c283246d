import Testing
import Trials
import WarehouseBasics
import WarehouseIngest

/// A few of the random texts that `torture readers` loads by the thousands.
@Suite struct CSVFuzzTests {
    @Test func scansLikeThePlainRules() {
        let report = CSVTrial.run(first: 11, count: 500, lanes: 1)
        #expect(report.failures == [])
        #expect(report.effective > 150)
    }

    @Test func readsEveryDialectInEveryWay() {
        let report = DialectTrial.run(first: UInt64.random(in: 0...UInt64.max), count: 100, lanes: 1)
        #expect(report.failures == [])
        #expect(report.effective > 50)
    }

    @Test func readsDocumentsAsWritten() {
        let report = JSONTrial.run(first: UInt64.random(in: 0...UInt64.max), count: 800, lanes: 1)
        #expect(report.failures == [])
        #expect(report.effective > 300)
    }

    @Test func survivesAnyBytesInAnyFormat() throws {
        var random = Random(state: 12)
        let types: [LogicalType] = [
            .integer, .number(precision: 5, scale: 2), .float, .varchar(length: 3), .boolean, .date, .time(scale: 3),
            .timestampNTZ(scale: 9), .timestampTZ(scale: 6), .binary(length: 8), .variant, .array(element: nil),
            .object,
        ]
        for _ in 0..<300 {
            let count = random.below(300)
            let text = (0..<count).map { _ -> UInt8 in
                random.below(4) == 0
                    ? UInt8(random.below(256)) : [44, 34, 10, 13, 92, 49, 46, 45, 58, 32][random.below(10)]
            }
            var format = CSVFormat()
            if random.below(2) == 0 { format.enclosure = 34 }
            if random.below(4) == 0 { format.recordDelimiter = [59, 10] }
            if random.below(4) == 0 { format.fieldDelimiter = [44, 49] }
            if random.below(4) == 0 { format.escape = 92 }
            format.trimSpace = random.below(2) == 0
            format.skipBlankLines = random.below(2) == 0
            format.errorOnColumnCountMismatch = false
            format.replaceInvalidCharacters = random.below(2) == 0
            format.encoding = random.below(4) == 0 ? .utf16 : .utf8
            let columns = types.indices.map {
                LoadColumn(name: "C", type: types[$0], isNullable: random.below(4) > 0, fieldIndex: $0 % 4)
            }
            let limits = settings { $0.limits.bufferBytes = 64 }
            let loaded = try load(text, columns, format, limits, piece: 1 + random.below(50))
            #expect(loaded.rows.count + loaded.rejects.count == loaded.rowsParsed)
        }
    }
}
