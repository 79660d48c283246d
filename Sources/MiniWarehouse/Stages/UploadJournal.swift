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

    private static let filePrefix = ".upload-"
    private static let markPrefix = "upload-"
    /// Between folders, whose names may hold any other byte.
    private static let separator: UInt8 = 0

    init(in directory: String, isReadOnly: Bool) {
        self.directory = directory
        self.isReadOnly = isReadOnly
    }

    private static func path(_ id: String, _ directory: String) -> String { "\(directory)/\(markPrefix)\(id)" }

    // MARK: Names

    private static func fileName(_ id: String, _ number: Int) -> String { "\(filePrefix)\(id)-\(number)" }

    /// The id in a name that `makeName` gives; nil for any other name, also one that only begins like it: that is a user's.
    static func id(inFileName name: String) -> String? {
        let bytes = name.utf8
        guard bytes.starts(with: filePrefix.utf8) else { return nil }
        let rest = bytes.dropFirst(filePrefix.utf8.count), id = rest.prefix(UniqueID.length)
        let end = rest.dropFirst(UniqueID.length), digits = end.dropFirst()
        guard UniqueID.hasItsForm(id), end.first == UInt8(ascii: "-"), !digits.isEmpty,
              digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return String(id)
    }

    /// Throws for a file that would be taken for one that is being written: no list would show it, and VACUUM remove it.
    static func checkName(of path: String) throws {
        let bytes = path.utf8
        let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes[bytes.index(after: $0)...] } ?? bytes[...]
        guard let last = String(name), id(inFileName: last) != nil else { return }
        throw WarehouseError(
            .invalidValue, "A file cannot be named '\(last)': names of this form are those of files that are being written.",
            hint: "Give it another name.")
    }

    // MARK: Writers

    /// A new name for a file in `folder`, which is there and is noted before the name is given. To be given back by `end`.
    func makeName(in folder: String) throws -> String {
        if isReadOnly { return UploadJournal.fileName(UniqueID.make(), 1) }
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
            return UploadJournal.fileName(own.id, own.count)
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
        while true {
            // Another name each time: one who has found the file of an attempt that failed may still be about to remove it.
            let id = UniqueID.make(), path = UploadJournal.path(id, directory)
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw StageStore.failure("write", path) }
            // Waits only for one who has found the file before it was locked, and removes it.
            var code = flock(descriptor, LOCK_EX)
            while code != 0, errno == EINTR { code = flock(descriptor, LOCK_EX) }
            if code == 0, MarkFile.hasName(path, descriptor) { return State(descriptor: descriptor, id: id) }
            let error = StageStore.failure("lock", path)
            close(descriptor)
            if code != 0 { throw error }
        }
    }

    private static func note(_ folder: String, in descriptor: Int32, _ directory: String) throws {
        let bytes = Array(folder.utf8) + [separator]
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw StageStore.failure("write in", directory) }
    }

    // MARK: What is left

    /// Removes what processes that are gone were writing. What cannot be removed is left. `found`: for tests, after a file
    /// is open and before it is locked.
    static func sweep(_ directory: String, found: (String) -> Void = { _ in }) {
        for name in DirectoryListing.names(directory) ?? [] where name.hasPrefix(markPrefix) {
            let mark = directory + "/" + name
            let descriptor = open(mark, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            found(mark)
            // Somebody else may have removed this file meanwhile: what has its name then is not ours to remove.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, MarkFile.hasName(mark, descriptor) else { continue }
            let id = String(name.dropFirst(markPrefix.count))
            for folder in folders(descriptor) { removeFiles(of: id, in: folder) }
            unlink(mark)
        }
    }

    private static func folders(_ descriptor: Int32) -> [String] {
        var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &block, block.count), count > 0 { bytes += block[..<count] }
        return bytes.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func removeFiles(of id: String, in folder: String) {
        for name in DirectoryListing.names(folder) ?? [] where self.id(inFileName: name) == id {
            unlink(folder + "/" + name)
        }
    }

    /// Removes below `folder` what no process writes whose list is there: where a power failure took the list. Looks at
    /// every folder, as VACUUM may.
    static func sweepWithoutList(below folder: String, _ directory: String, depth: Int = 0) {
        guard depth < 128 else { return }
        for name in DirectoryListing.names(folder) ?? [] {
            let path = folder + "/" + name
            var info = stat()
            guard lstat(path, &info) == 0 else { continue }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: sweepWithoutList(below: path, directory, depth: depth + 1)
            case S_IFREG:
                guard let id = id(inFileName: name) else { continue }
                if access(UploadJournal.path(id, directory), F_OK) != 0, errno == ENOENT { unlink(path) }
            default: break
            }
        }
    }
}
