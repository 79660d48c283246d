import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to write, held by one transaction at a time in all processes. The locked file names the holder; a note
/// that is still there when the lock is free was left by a writer that ended without cleaning up. Notes are all of one
/// length, blanks where there is no holder: a file that keeps its size and its block costs the journal of the file
/// system, which every commit waits for, next to nothing.
struct WriteLock: Sendable {
    private let lock: any DiskLock
    /// The writer before ended in the middle of a transaction.
    let previousCrashed: Bool

    /// Waits up to `timeoutSeconds`; then throws `busy` naming the holder. Stops when the statement that waits is to.
    static func acquire(on disk: any Disk, timeoutSeconds: Double) throws(WarehouseError) -> WriteLock {
        let start = monotonicSeconds()
        var pauseMicroseconds: UInt32 = 200
        while true {
            if let lock = try disk.tryLock(ManifestFiles.lockPath, .exclusive) {
                let previous = try lock.read()
                try lock.write(note("\(getpid()) \(processName)"))
                return WriteLock(lock: lock, previousCrashed: !previous.allSatisfy(isBlank))
            }
            let waited = monotonicSeconds() - start
            if waited >= timeoutSeconds { throw busy(disk, timeoutSeconds) }
            try Interruption.check()
            usleep(pauseMicroseconds)
            pauseMicroseconds = min(pauseMicroseconds * 2, 10_000)
        }
    }

    /// `note`: whether the holder cleaned up.
    func release(clean: Bool) {
        if clean { try? lock.write(Self.note("")) }
        lock.release(removing: false)
    }

    private static let noteBytes = 64

    private static func note(_ text: String) -> [UInt8] {
        let text = text.utf8.prefix(noteBytes - 1)
        return text + [UInt8](repeating: UInt8(ascii: " "), count: noteBytes - 1 - text.count) + [UInt8(ascii: "\n")]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }

    /// The process that holds the lock now; nil when none does.
    static func holder(on disk: any Disk) -> String? {
        do throws(WarehouseError) {
            // A lock that can be shared nobody holds.
            if let taken = try disk.tryLock(ManifestFiles.lockPath, .shared(create: false)) {
                taken.release(removing: false)
                return nil
            }
        } catch {
            return nil
        }
        return namedHolder(disk).map { "Process \($0.pid) (\($0.name))" } ?? "Another process"
    }

    private static func namedHolder(_ disk: any Disk) -> (pid: Int, name: String)? {
        let note = (try? disk.contents(ManifestFiles.lockPath, limit: 4096)) ?? []
        let parts = String(decoding: note, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let pid = Int(parts[0]) else { return nil }
        return (pid, parts[1].split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " "))
    }

    private static func busy(_ disk: any Disk, _ seconds: Double) -> WarehouseError {
        let holder = namedHolder(disk).map { holder in
            holder.pid == Int(getpid()) ? "Another session of this process (\(holder.pid))"
                : "Process \(holder.pid) (\(holder.name))"
        } ?? "Another process"
        return WarehouseError(.busy, "\(holder) is writing to the warehouse '\(disk.rootPath)'; it has not ended its "
            + "transaction within \(seconds) seconds.", hint: "Try again, or wait longer with --busy-timeout.")
    }

    private static var processName: String {
        let path = CommandLine.arguments.first ?? "unknown"
        return path.split(separator: "/").last.map(String.init) ?? path
    }

    static func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
