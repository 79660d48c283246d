/// Values without references, added and taken at the end; the room is kept. What `Array` does beside it (counts of
/// references, checks of uniqueness and of bounds) was a third of the time of writing semi-structured values.
struct PlainStack<Element: BitwiseCopyable>: ~Copyable {
    private var elements: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 16) {
        self.capacity = max(1, capacity)
        elements = .allocate(capacity: self.capacity)
    }

    deinit { elements.deallocate() }

    /// The elements; stale after the next `append` or `reserve`.
    @inline(__always) var pointer: UnsafeMutablePointer<Element> { elements }

    @inline(__always) mutating func append(_ element: Element) {
        reserve(1)
        elements[count] = element
        count &+= 1
    }

    /// Room for `extra` more elements.
    @inline(__always) mutating func reserve(_ extra: Int) {
        if capacity &- count < extra { grow(extra) }
    }

    /// Keeps the first `newCount` elements; or takes those as written which were written into reserved room.
    @inline(__always) mutating func resize(to newCount: Int) {
        assert(newCount >= 0 && newCount <= capacity)
        count = newCount
    }

    private mutating func grow(_ extra: Int) {
        let wanted = max(count + extra, capacity * 2)
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
        memory.update(from: elements, count: count)
        elements.deallocate()
        elements = memory
        capacity = wanted
    }
}
