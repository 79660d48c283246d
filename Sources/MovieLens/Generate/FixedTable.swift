/// A table of fixed size behind one pointer, for loops that must not pay for array checks and reference counts.
/// Filled by its creator, then only read.
final class FixedTable<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(repeating value: Element, count: Int) {
        self.count = count
        pointer = .allocate(capacity: max(1, count))
        pointer.initialize(repeating: value, count: max(1, count))
    }

    convenience init(_ elements: [Element]) {
        precondition(!elements.isEmpty, "a table needs a row")
        self.init(repeating: elements[0], count: elements.count)
        for (index, element) in elements.enumerated() { pointer[index] = element }
    }

    deinit { pointer.deallocate() }

    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "table index out of range")
            return pointer[index]
        }
        set {
            precondition(index >= 0 && index < count, "table index out of range")
            pointer[index] = newValue
        }
    }
}
