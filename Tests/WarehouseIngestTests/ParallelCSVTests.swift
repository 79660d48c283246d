import Testing
import WarehouseBasics
import WarehouseIngest

/// Reading by pieces gives what reading in order gives: rows, numbers, rejects with their places, and errors.
@Suite struct ParallelCSVTests {
    private func outcome(
        _ text: [UInt8], _ format: CSVFormat, threads: Int, piece: Int, types: [LogicalType], stops: Bool
    ) throws -> (Loaded?, WarehouseError?) {
        let columns = types.enumerated().map {
            LoadColumn(name: "C\($0.offset + 1)", type: $0.element, isNullable: true, fieldIndex: $0.offset)
        }
        let limits = settings {
            $0.limits.bufferBytes = 64
            $0.limits.chunkRows = 7
            $0.limits.recordBytes = 600
            $0.threads = threads
            $0.stopsAtFirstError = stops
        }
        do {
            return (try load(text, columns, format, limits, piece: piece), nil)
        } catch let error as WarehouseError {
            return (nil, error)
        }
    }

    private func compare(_ text: [UInt8], _ format: CSVFormat, _ note: String, piece: Int, stops: Bool) throws -> Bool {
        let types: [LogicalType] = [.varchar(length: 6), .integer, .float]
        let (plain, plainError) = try outcome(text, format, threads: 1, piece: piece, types: types, stops: stops)
        let (pieces, error) = try outcome(text, format, threads: 2, piece: piece, types: types, stops: stops)
        let isSame = plain?.rows == pieces?.rows && plain?.rejects == pieces?.rejects
            && plain?.rowsParsed == pieces?.rowsParsed && plain?.rowNumbers == pieces?.rowNumbers
            && plain?.header == pieces?.header && plainError?.message == error?.message
        #expect(isSame, "\(note): \(String(decoding: text, as: UTF8.self).debugDescription)")
        return isSame
    }

    @Test func piecesGiveTheSameRows() throws {
        let seed = Int.random(in: 1..<1 << 40)
        var random = Random(state: UInt64(seed))
        let words = ["a", "b,", "7", "1.5", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"x\ny\"", "\"\"", "\\\n", "12345678901",
                     "abc,1,2.5\n", "abc,1,2.5\n", "q,2,3\r\n", " "]
        for round in 0..<500 {
            let count = random.below(round % 5 == 0 ? 400 : 60)
            // Most files are mostly plain rows; some are anything.
            let isPlain = round % 2 == 0
            let text = (0..<count).flatMap { _ in
                Array((isPlain && random.below(12) > 0 ? "abc,\(random.below(99)),2.5\n" : words[random.below(words.count)]).utf8)
            }
            let format = quoted {
                $0.trimSpace = random.below(2) == 0
                $0.multiLine = random.below(3) > 0
                $0.skipBlankLines = random.below(2) == 0
                $0.skipHeader = random.below(3) == 0 ? 1 : 0
                if random.below(3) == 0 { $0.recordDelimiter = [10] }
                if random.below(4) == 0 { $0.enclosure = nil }
                if random.below(4) == 0 { $0.errorOnColumnCountMismatch = false }
            }
            let isSame = try compare(
                text, format, "seed \(seed), round \(round)", piece: random.below(3) == 0 ? 1 + random.below(70) : .max,
                stops: random.below(3) == 0)
            if !isSame { return }
        }
    }

    @Test func longFilesOfEveryLineEnd() throws {
        for end in ["\n", "\r\n", "\r", "\n\n", "\n\r"] {
            for first in ["ab", "\"a\nb\"", "\"a\"\"\nb\""] {
                let text = Array((0..<300).flatMap { Array("\($0 % 50 == 3 ? first : "xy"),\($0),0.5\(end)".utf8) })
                for stops in [false, true] {
                    _ = try compare(text, quoted(), "\(first) \(end.debugDescription)", piece: .max, stops: stops)
                }
            }
        }
    }
}
