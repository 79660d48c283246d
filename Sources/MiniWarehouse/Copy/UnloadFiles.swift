import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// The files that one COPY INTO a location writes, one after another. They come to be all together, at `finish`: a
/// statement that fails leaves none.
final class UnloadFiles {
    struct Written {
        var path: String
        var rows = 0
        /// As text, and as stored.
        var textBytes = 0
        var fileBytes = 0
    }

    private let stage: ResolvedStage
    private let format: UnloadFormat
    private let options: UnloadOptions
    /// What COPY was told, for messages: `@stage/path`.
    private let display: String
    /// What names begin with, less the partition's folder: `path/data`, or the whole name of a single file.
    private let prefix: (folder: String, name: String)
    private let queryID: String
    private var writers: [any ObjectWriter] = []
    private var current: OpenFile?
    private var partition = ""
    private var partNumber = 0
    private(set) var files: [Written] = []

    init(_ stage: ResolvedStage, path: String, display: String, format: UnloadFormat, options: UnloadOptions,
         isPartitioned: Bool, queryID: String) throws {
        self.stage = stage
        self.format = format
        self.options = options
        self.display = display
        self.queryID = queryID
        if path.isEmpty || path.hasSuffix("/") {
            prefix = (path, "data")
        } else if isPartitioned {
            prefix = (path + "/", "data")
        } else {
            let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
            prefix = (String(path[..<slash]), String(path[slash...]))
        }
        let whole = prefix.folder + prefix.name
        try StageStore.check(whole)
        guard !options.overwrites, !options.includesQueryID else { return }
        let isTaken = try options.isSingle ? stage.files.contains(whole) : !stage.files.list(prefix: whole).isEmpty
        if isTaken {
            throw WarehouseError(.invalidValue, "Files already existing at the unload destination: \(display). Use "
                + "overwrite option to force unloading.")
        }
    }

    /// What is written next belongs below this folder.
    func begin(partition folder: String) throws {
        guard folder != partition else { return }
        try close()
        partition = folder
        partNumber = 0
    }

    /// Takes rows: `text` and where each ends in it. They go to the next file where this one is full.
    func write(_ text: ByteBuffer, rowEnds: [Int], header: ByteBuffer) throws {
        var row = 0, start = 0
        while row < rowEnds.count {
            let file = try current ?? open(header)
            let taken = options.isSingle ? rowEnds.count
                : fitting(rowEnds, from: row, start: start, room: options.maximumFileSize - file.upperBound)
            guard taken > row || file.written.rows == 0 else {
                try close()
                continue
            }
            let end = max(taken, row + 1)
            try file.write(UnsafeRawBufferPointer(start: text.bytes + start, count: rowEnds[end - 1] - start))
            file.written.rows += end - row
            start = rowEnds[end - 1]
            row = end
            if options.isSingle { try checkSingle(file.counter.byteCount) }
        }
    }

    /// Index behind the last row that still fits.
    private func fitting(_ ends: [Int], from row: Int, start: Int, room: Int) -> Int {
        if let last = ends.last, last - start <= room { return ends.count }
        var low = row, high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] - start <= room { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func checkSingle(_ bytes: Int) throws {
        guard bytes > options.maximumFileSize else { return }
        throw WarehouseError(
            .limitExceeded, "Max file size (\(options.maximumFileSize)) exceeded for unload single file mode. Please "
                + "increase MAX_FILE_SIZE copy option.")
    }

    private func open(_ header: ByteBuffer) throws -> OpenFile {
        var folder = prefix.folder + partition
        if !partition.isEmpty, !partition.hasSuffix("/") { folder += "/" }
        var path = folder + prefix.name
        if !options.isSingle {
            if options.includesQueryID { path += "_" + queryID }
            path += "_0_\(partNumber)_0" + format.fileExtension
        }
        partNumber += 1
        let writer = try stage.files.writer(path)
        writers.append(writer)
        let file = try OpenFile(path, writer, format.compression)
        try file.write(header.rawBytes)
        current = file
        return file
    }

    private func close() throws {
        guard let file = current else { return }
        current = nil
        try file.finish()
        if options.isSingle { try checkSingle(file.written.fileBytes) }
        try writers.last?.seal()
        files.append(file.written)
    }

    /// Makes all files appear. When one cannot, those that did are removed again, except over older ones.
    func finish() throws {
        try close()
        for (index, writer) in writers.enumerated() {
            do {
                try writer.finish()
            } catch {
                if !options.overwrites { removeFirst(index) }
                throw error
            }
        }
        writers = []
    }

    private func removeFirst(_ count: Int) {
        for file in files.prefix(count) {
            // The error that led here is told, not that of cleaning up.
            for found in (try? stage.files.list(prefix: file.path)) ?? [] where found.path == file.path {
                try? stage.files.remove(found)
            }
        }
    }
}

/// The file that is being written.
private final class OpenFile {
    var written: UnloadFiles.Written
    let counter: CountingSink
    private let compressor: GzipWriter?

    init(_ path: String, _ writer: any ObjectWriter, _ compression: FileCompression) throws {
        written = UnloadFiles.Written(path: path)
        let counter = CountingSink(writer)
        self.counter = counter
        let container: DeflateContainer? = switch compression {
        case .gzip: .gzip
        case .deflate: .zlib
        case .rawDeflate: .raw
        default: nil
        }
        compressor = try container.map { try GzipWriter(to: counter, level: 4, container: $0) }
    }

    /// Bytes that the file has at most, so far.
    var upperBound: Int { counter.byteCount + (compressor?.pendingBytes ?? 0) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count > 0 else { return }
        written.textBytes += bytes.count
        if let compressor { try compressor.write(bytes) } else { try counter.write(bytes) }
    }

    func finish() throws {
        try compressor?.finish()
        written.fileBytes = counter.byteCount
    }
}
