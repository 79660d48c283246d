#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory in pages of its own, which go back to the system when they are freed. The allocator keeps large blocks for
/// itself once one of their size was freed: with these, and sorts that drain their parts, a process that ran the whole
/// suite of queries held 630 MB at most instead of 1,188. And they lie in huge pages where the system has any to give,
/// which are made with fewer faults.
public enum PageMemory {
    /// Smaller blocks come from the allocator.
    public static let smallest = 2 << 20
    private static let hugePage = 2 << 20

    /// Uninitialised memory, aligned to 16 bytes at least; to be given back with the same `byteCount`.
    public static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard byteCount >= smallest else { return .allocate(byteCount: byteCount, alignment: 16) }
        // The system places a mapping at any page: what stands out on either side is given back.
        let wide = map(byteCount + hugePage)
        let lead = (hugePage - Int(bitPattern: wide) & (hugePage - 1)) & (hugePage - 1)
        let start = wide + lead
        let end = whole(byteCount)
        if lead > 0 { munmap(wide, lead) }
        let tail = whole(byteCount + hugePage) - lead - end
        if tail > 0 { munmap(start + end, tail) }
        #if os(Linux)
        madvise(start, end, MADV_HUGEPAGE)
        #endif
        return start
    }

    public static func deallocate(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        if byteCount < smallest { block.deallocate() } else { munmap(block, whole(byteCount)) }
    }

    /// Gives the pages behind the first `newCount` bytes back; both counts are of `smallest` bytes at least.
    static func shrink(_ block: UnsafeMutableRawPointer, from byteCount: Int, to newCount: Int) {
        let kept = whole(newCount), rest = whole(byteCount) - kept
        if rest > 0 { munmap(block + kept, rest) }
    }

    /// Has the allocator give the system what it keeps: after a large statement that is memory in small blocks of every
    /// thread that worked for it, a hundred megabytes and more.
    public static func returnUnused() {
        _ = trim?(0)
    }

    /// Has the allocator give the system every block of 128 kB or more that is freed. glibc begins so and goes up to 32 MB
    /// by itself, where such blocks come and go: of a table written within 2 MB that was 9 MB of memory. A setting of the
    /// whole process, for programs that are to take little.
    public static func returnFreedBlocks() {
        _ = setOption?(-3, 128 << 10) // M_MMAP_THRESHOLD
    }

    // glibc's, which its module does not show; other libraries have none.
    private static let trim = glibc("malloc_trim", as: (@convention(c) (Int) -> Int32).self)
    private static let setOption = glibc("mallopt", as: (@convention(c) (Int32, Int32) -> Int32).self)

    private static func glibc<F>(_ name: String, as type: F.Type) -> F? {
        #if canImport(Glibc)
        guard let found = dlsym(nil, name) else { return nil }
        return unsafeBitCast(found, to: type)
        #else
        return nil
        #endif
    }

    /// Room for `count` values, as `allocate(capacity:)` of a pointer.
    public static func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
        allocate(max(16, count * MemoryLayout<T>.stride)).bindMemory(to: type, capacity: count)
    }

    public static func deallocate<T: BitwiseCopyable>(_ values: UnsafeMutablePointer<T>, count: Int) {
        deallocate(UnsafeMutableRawPointer(values), max(16, count * MemoryLayout<T>.stride))
    }

    private static let pageBytes = max(4096, Int(sysconf(Int32(_SC_PAGESIZE))))

    private static func whole(_ byteCount: Int) -> Int { (byteCount + pageBytes - 1) / pageBytes * pageBytes }

    private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer {
        #if os(Linux)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        #else
        let flags = MAP_PRIVATE | MAP_ANON
        #endif
        guard let block = mmap(nil, whole(byteCount), PROT_READ | PROT_WRITE, flags, -1, 0), block != MAP_FAILED else {
            // As `allocate` of a pointer does.
            preconditionFailure("The system has no \(byteCount) bytes of memory left.")
        }
        return block
    }
}
