import WarehouseBasics
import WarehouseColumns

/// Numbers lists: elements are numbered by a table of their own, and a list is the string of its elements' numbers.
final class ListInterner: KeyInterner {
    private var elements: GroupTable?
    private let strings = StringInterner()
    private var views = ListViews()

    override var count: Int { strings.count }
    override var allocatedBytes: Int { strings.allocatedBytes + (elements?.allocatedBytes ?? 0) }
    override var check: () throws -> Void { didSet { strings.check = check } }

    override func insert(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        if let child = vector.child, child.count > 0 {
            let table = try elements ?? GroupTable([KeyField(child.physicalType)], keepsKeys: false, check: check)
            elements = table
            try views.number(child.count) { try table.insert([child], rows: child.count, into: $0) }
        }
        try views.with(vector, rows) { try strings.insert($0, rows: rows, validity: vector.validity, into: ids) }
    }

    override func makeLookup() -> KeyLookup { Lookup(elements?.makeLookup(), StringLookup(strings)) }

    private final class Lookup: KeyLookup {
        private let elements: GroupLookup?
        private let strings: StringLookup
        private var views = ListViews()

        init(_ elements: GroupLookup?, _ strings: StringLookup) {
            self.elements = elements
            self.strings = strings
        }

        override func find(_ vector: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
            if let child = vector.child, child.count > 0 {
                try views.number(child.count) { target in
                    target.update(repeating: -1, count: child.count)
                    try elements?.find([child], rows: child.count, nullsEqual: [true], into: target)
                }
            }
            views.with(vector, rows) { strings.find($0, rows: rows, into: ids) }
        }
    }
}

/// Each list of a batch as the string of its elements' numbers.
private struct ListViews {
    private var elementIDs: [Int32] = []
    private var views: [StringView] = []

    /// Lets `body` write the numbers of `count` elements.
    mutating func number(_ count: Int, _ body: (UnsafeMutablePointer<Int32>) throws -> Void) rethrows {
        if elementIDs.count < count { elementIDs = Array(repeating: 0, count: count) }
        try elementIDs.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { try body(base) } }
    }

    mutating func with(_ vector: Vector, _ rows: Int, _ body: (UnsafePointer<StringView>) throws -> Void)
        rethrows {
        if views.count < rows { views = Array(repeating: .empty, count: Swift.max(rows, Vector.standardCapacity)) }
        let offsets = vector.offsets
        try elementIDs.withUnsafeBytes { raw in
            let bytes = raw.bindMemory(to: UInt8.self)
            for row in 0..<rows {
                let start = Int(offsets[row]) * 4, count = Int(offsets[row + 1] - offsets[row]) * 4
                views[row] = .empty
                if count > 0, let base = bytes.baseAddress { views[row] = StringView(base + start, count: count) }
            }
            try views.withUnsafeBufferPointer { if let base = $0.baseAddress { try body(base) } }
        }
    }
}
