#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseIngest

/// Writes a file under a temporary name beside its own, then renames: the file is whole or as it was before.
final class LocalWriter: ObjectWriter {
    private let target: String
    private let temporary: String
    private let sink: FileSink
    /// Holds the name until the file has its own.
    private let uploads: UploadJournal
    private var isFinished = false

    /// Bytes written so far.
    var byteCount: Int { sink.byteCount }

    init(_ target: String, permissions: Int, _ uploads: UploadJournal) throws {
        try UploadJournal.checkName(of: target)
        self.target = target
        self.uploads = uploads
        let slash = target.lastIndex(of: "/").map { target.index(after: $0) } ?? target.startIndex
        temporary = String(target[..<slash]) + (try uploads.makeName(in: String(target[..<slash])))
        do {
            sink = try FileSink(path: temporary, permissions: permissions)
        } catch {
            uploads.end()
            throw error
        }
    }

    deinit {
        if !isFinished { BackgroundClose.remove(temporary) }
        uploads.end()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try sink.write(bytes) }

    func seal() throws { try sink.finish() }

    func finish() throws {
        try sink.finish()
        guard rename(temporary, target) == 0 else { throw StageStore.failure("write", target) }
        isFinished = true
    }
}
