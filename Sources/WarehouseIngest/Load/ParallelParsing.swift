import WarehouseBasics

/// Scans and converts the pieces of one file side by side, and gives their chunks in the order of the file. That a
/// piece begins with a record is assumed, and proved by the piece before it: where it ended within a record (a line
/// feed in an enclosed field), it and those behind it are given back to be read one after another.
final class ParallelParsing {
    private let pieces: TextPieces
    private let makeParser: () throws -> PieceParser
    private let width: Int
    private var idle: [PieceParser] = []
    private var underWay: [PieceParser] = []
    private var ready: [LoadedChunk] = []
    private var misfits = 0
    private(set) var isStopped = false

    /// After so many the file is not worth the attempt: its fields hold line feeds.
    private static let maximumMisfits = 4

    enum Step {
        case chunk(LoadedChunk)
        /// The text goes on within a record, or must be read in order from here.
        case mustReadInOrder
        case end
    }

    init(_ pieces: TextPieces, width: Int, _ makeParser: @escaping () throws -> PieceParser) {
        self.pieces = pieces
        self.width = width
        self.makeParser = makeParser
    }

    deinit { for parser in underWay { parser.wait() } }

    var isWorthwhile: Bool { misfits < ParallelParsing.maximumMisfits }

    /// Whether pieces or chunks were taken that have not been given yet.
    var isUnderWay: Bool { !underWay.isEmpty || !ready.isEmpty }

    /// The next chunk. `line` is where the next piece begins, `row` the number of records before it: both go on.
    func next(line: inout Int, row: inout Int) throws -> Step {
        while ready.isEmpty {
            if isStopped { return .end }
            try fill()
            guard let parser = underWay.first else { return .end }
            parser.wait()
            if parser.endsInsideRecord, parser.failure == nil {
                giveBack()
                misfits += 1
                return .mustReadInOrder
            }
            underWay.removeFirst()
            idle.append(parser)
            if let failure = parser.failure { throw failure }
            for chunk in parser.chunks { chunk.shift(lines: line - 1, rows: row) }
            ready = parser.chunks.reversed()
            line += parser.lineCount
            row += parser.rowsParsed
            isStopped = parser.isStopped
        }
        return ready.popLast().map { .chunk($0) } ?? .end
    }

    private func fill() throws {
        while underWay.count < width {
            let parser = try idle.popLast() ?? makeParser()
            guard try parser.load(pieces) else {
                idle.append(parser)
                return
            }
            underWay.append(parser)
            parser.start()
        }
    }

    /// The first parser has ended; the others' work is dropped.
    private func giveBack() {
        for parser in underWay.dropFirst() { parser.wait() }
        pieces.giveBack(underWay.map(\.text))
        idle += underWay
        underWay.removeAll()
    }
}
