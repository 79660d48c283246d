import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The system's file calls under names that do not collide with methods, and its errors as ours.
enum SystemCalls {
    static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0o644) -> Int32 {
        while true {
            #if canImport(Glibc)
            let result = Glibc.open(path, flags | O_CLOEXEC, mode)
            #else
            let result = Darwin.open(path, flags | O_CLOEXEC, mode)
            #endif
            if result >= 0 || errno != EINTR { return result }
        }
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    static func rename(_ from: String, _ to: String) -> Int32 {
        #if canImport(Glibc)
        Glibc.rename(from, to)
        #else
        Darwin.rename(from, to)
        #endif
    }

    /// Makes the file durable, through the drive's cache where the system tells them apart.
    static func sync(_ descriptor: Int32) -> Int32 {
        while true {
            #if canImport(Glibc)
            let result = fsync(descriptor)
            #else
            var result = fcntl(descriptor, F_FULLFSYNC)
            if result != 0 { result = fsync(descriptor) }
            #endif
            if result == 0 || errno != EINTR { return result }
        }
    }

    static func status(_ path: String) -> stat? {
        var info = stat()
        return stat(path, &info) == 0 ? info : nil
    }

    /// The error of the last call, `doing` something ("read the file") with `path`.
    static func error(_ doing: String, _ path: String) -> WarehouseError {
        let code = errno
        let reason = String(cString: strerror(code))
        let kind: ErrorKind = switch code {
        case ENOSPC, EDQUOT: .diskFull
        case EROFS, EACCES, EPERM: .readOnly
        default: .inputOutput
        }
        return WarehouseError(kind, "Cannot \(doing) '\(path)': \(reason).")
    }
}
