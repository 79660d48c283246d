import WarehouseBasics
import WarehouseIngest

/// What tells a staged file's content from another, by which COPY knows it again. Finding it out may take reading the
/// file: that is done when it is first asked for, unless the file was read whole before (`source`). Any thread.
final class ContentKey: Sendable {
    private let file: StagedFile
    private let files: any StageFiles
    private let known = Lock<String?>(nil)

    init(_ file: StagedFile, _ files: any StageFiles) {
        self.file = file
        self.files = files
    }

    func text() throws -> String {
        if let text = known.withLock({ $0 }) { return text }
        let text = try files.contentKey(file)
        known.withLock { $0 = text }
        return text
    }

    /// The file's bytes as they are stored; reading them to their end finds out the key as well.
    func source() throws -> any ByteSource { try files.source(file, noting: self) }

    func note(_ text: String) { known.withLock { $0 = text } }
}

/// Passes bytes on and digests them on their way, so that a file need not be read twice.
final class DigestingSource: ByteSource {
    private let source: any ByteSource
    private let size: Int
    private let key: ContentKey
    private var stream = Hash64Stream()
    private var bytesRead = 0

    /// `size`: of the file as it was listed. One that has changed since tells nothing.
    init(_ source: any ByteSource, size: Int, _ key: ContentKey) {
        self.source = source
        self.size = size
        self.key = key
    }

    var bytesConsumed: Int { source.bytesConsumed }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        bytesRead += count
        if count > 0 {
            stream.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if bytesRead == size {
            key.note(FileDigest.contentKey(size: size, stream.value))
        }
        return count
    }
}
