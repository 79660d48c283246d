#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files that say by their lock that their owner lives.
enum MarkFile {
    /// Whether the open file is the one that has that name now. To be asked once it is locked: between `open` and `flock`
    /// another may have removed it, and somebody made one of the same name, which is not the one that is locked.
    static func hasName(_ path: String, _ descriptor: Int32) -> Bool {
        var own = stat(), named = stat()
        return fstat(descriptor, &own) == 0 && own.st_nlink > 0 && lstat(path, &named) == 0
            && own.st_dev == named.st_dev && own.st_ino == named.st_ino
    }
}
