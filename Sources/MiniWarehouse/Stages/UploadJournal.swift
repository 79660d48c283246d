#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseIngest

/// Names of files that are being written beside the place they are for, and who clears them away when this process dies
/// before they are whole.
///
/// A locked file `tmp/upload-<id>` of the warehouse lists the folders in which there are files `.upload-<id>-…`: also those
/// outside the warehouse, of GET and of stages at file:// locations. The end of the process lets the lock go, whatever ends
/// it; whoever finds the file without a lock removes what it lists. Files of a writer at work are so never touched, nor
/// those of another warehouse in the same folder.
final class UploadJournal: Sendable {
    private let directory: String
    /// Where nothing can be noted: a warehouse that is open for reading only.
    private let isReadOnly: Bool
    /// While a name is in use.
    private let state = Lock<State?>(nil)

    private struct State {
        let descriptor: Int32
        let id: String
        var folders: Set<String> = []
        /// Names given, and those not yet given back.
        var count = 0
        var used = 0
    }

    static let filePrefix = ".upload-"
    private static let markPrefix = "upload-"
    /// Between folders, whose names may hold any other byte.
    private static let separator: UInt8 = 0

    init(in directory: String, isReadOnly: Bool) {
        self.directory = directory
        self.isReadOnly = isReadOnly
    }

    private static func path(_ id: String, _ directory: String) -> String { "\(directory)/\(markPrefix)\(id)" }

    /// A new name for a file in `folder`, which is there and is noted before the name is given. To be given back by `end`.
    func makeName(in folder: String) throws -> String {
        if isReadOnly { return UploadJournal.filePrefix + UniqueID.make() }
        guard let real = realpath(folder.isEmpty ? "." : folder, nil) else { throw StageStore.failure("write to", folder) }
        defer { free(real) }
        let place = String(cString: real)
        return try state.withLock { state in
            var own = try state ?? begin()
            defer {
                if own.used > 0 { state = own } else { finish(own) }
            }
            if !own.folders.contains(place) {
                try UploadJournal.note(place, in: own.descriptor, directory)
                own.folders.insert(place)
            }
            own.count += 1
            own.used += 1
            return "\(UploadJournal.filePrefix)\(own.id)-\(own.count)"
        }
    }

    /// A name is no longer used: the file has its own, or is gone.
    func end() {
        state.withLock { state in
            state?.used -= 1
            guard let own = state, own.used == 0 else { return }
            finish(own)
            state = nil
        }
    }

    private func finish(_ state: State) {
        unlink(UploadJournal.path(state.id, directory))
        close(state.descriptor)
    }

    /// Makes the locked file. What dead processes left goes now: a program that only uploads never writes the catalog.
    private func begin() throws -> State {
        try StageStore.makeDirectory(directory)
        UploadJournal.sweep(directory)
        let id = UniqueID.make(), path = UploadJournal.path(id, directory)
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw StageStore.failure("write", path) }
            // Waits only for one who has found the file before it was locked, and removes it.
            var code = flock(descriptor, LOCK_EX)
            while code != 0, errno == EINTR { code = flock(descriptor, LOCK_EX) }
            var info = stat()
            if code == 0, fstat(descriptor, &info) == 0, info.st_nlink > 0 { return State(descriptor: descriptor, id: id) }
            let error = StageStore.failure("lock", path)
            close(descriptor)
            if code != 0 { throw error }
        }
    }

    private static func note(_ folder: String, in descriptor: Int32, _ directory: String) throws {
        let bytes = Array(folder.utf8) + [separator]
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw StageStore.failure("write in", directory) }
    }

    /// Removes what processes that are gone were writing. What cannot be removed is left.
    static func sweep(_ directory: String) {
        for name in DirectoryListing.names(directory) ?? [] where name.hasPrefix(markPrefix) {
            let mark = directory + "/" + name
            let descriptor = open(mark, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            let files = filePrefix + name.dropFirst(markPrefix.count) + "-"
            for folder in folders(descriptor) { remove(files, in: folder) }
            unlink(mark)
        }
    }

    private static func folders(_ descriptor: Int32) -> [String] {
        var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &block, block.count), count > 0 { bytes += block[..<count] }
        return bytes.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func remove(_ prefix: String, in folder: String) {
        for name in DirectoryListing.names(folder) ?? [] where name.hasPrefix(prefix) {
            unlink(folder + "/" + name)
        }
    }

    /// Removes below `folder` what no process writes whose list is there: where a power failure took the list, and what
    /// versions before the list left. Looks at every folder, as VACUUM may.
    static func sweepWithoutList(below folder: String, _ directory: String, depth: Int = 0) {
        guard depth < 128 else { return }
        for name in DirectoryListing.names(folder) ?? [] {
            let path = folder + "/" + name
            var info = stat()
            guard lstat(path, &info) == 0 else { continue }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: sweepWithoutList(below: path, directory, depth: depth + 1)
            case S_IFREG where name.hasPrefix(filePrefix):
                let id = name.dropFirst(filePrefix.count).prefix(UniqueID.length)
                if access(UploadJournal.path(String(id), directory), F_OK) != 0, errno == ENOENT { unlink(path) }
            default: break
            }
        }
    }
}
