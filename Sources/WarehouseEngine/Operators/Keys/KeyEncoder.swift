import WarehouseBasics
import WarehouseColumns

/// Turns rows of key columns into codes of a few 64-bit words, equal exactly when the keys are equal (nulls are
/// equal to each other, NaN to NaN, -0.0 to 0.0). Columns share words where their ranges leave room.
final class KeyEncoder {
    let fields: [KeyField]
    let forms: [KeyField.Form]
    private(set) var wordCount = 0
    /// Bits used, where there is one word.
    private(set) var bits = 0
    /// One column whose bits are the code: its nulls are not encoded, `validity` tells them.
    let leavesNullsOut: Bool
    private struct Place {
        var word: Int
        var shift: UInt64
    }
    private var places: [Place] = []
    private var nullPlaces: [Place?] = []
    private let interners: [KeyInterner?]
    /// Set in an encoder that only looks up.
    private let lookups: [KeyLookup?]
    private let isLookup: Bool
    private var wordStore: [UnsafeMutablePointer<UInt64>] = []
    private var idStore: [UnsafeMutablePointer<Int32>?]
    private(set) var absent: UnsafeMutablePointer<UInt8>
    private var capacity = 0
    private var scratch: [Vector?]

    convenience init(_ fields: [KeyField]) {
        let interners: [KeyInterner?] = zip(fields, KeyField.forms(fields)).map { field, form in
            guard case .interned = form else { return nil }
            return KeyInterner.make(for: field)
        }
        self.init(fields, interners, lookups: nil)
    }

    /// What interners ask while their tables grow; it throws when nobody waits any more.
    func onGrowth(_ check: @escaping () throws -> Void) {
        for interner in interners { interner?.check = check }
    }

    /// An encoder for one thread that finds codes of another one's making.
    convenience init(lookingUp other: KeyEncoder) {
        self.init(other.fields, other.interners, lookups: other.interners.map { $0?.makeLookup() })
    }

    private init(_ fields: [KeyField], _ interners: [KeyInterner?], lookups: [KeyLookup?]?) {
        self.fields = fields
        self.interners = interners
        self.lookups = lookups ?? interners.map { _ in nil }
        isLookup = lookups != nil
        forms = KeyField.forms(fields)
        idStore = Array(repeating: nil, count: fields.count)
        scratch = Array(repeating: nil, count: fields.count)
        absent = .allocate(capacity: 1)
        if forms.count == 1 {
            switch forms[0] {
            case .word, .double, .wide: leavesNullsOut = true
            default: leavesNullsOut = false
            }
        } else {
            leavesNullsOut = false
        }
        layOut()
        reserve(Vector.standardCapacity)
    }

    deinit {
        for words in wordStore { words.deallocate() }
        for ids in idStore { ids?.deallocate() }
        absent.deallocate()
    }

    var allocatedBytes: Int { interners.reduce(0) { $0 + ($1?.allocatedBytes ?? 0) } }
    /// The interner of a column, when it has one.
    func interner(_ column: Int) -> KeyInterner? { interners[column] }
    /// Numbers that the interner of a column gave the rows of the last batch.
    func internedIDs(_ column: Int) -> UnsafeMutablePointer<Int32>? { idStore[column] }
    func word(_ index: Int) -> UnsafeMutablePointer<UInt64> { wordStore[index] }

    /// First fit of the columns' bits into words.
    private func layOut() {
        var used: [Int] = []
        func place(_ bits: Int) -> Place {
            for word in used.indices where used[word] + bits <= 64 {
                defer { used[word] += bits }
                return Place(word: word, shift: UInt64(used[word]))
            }
            used.append(bits)
            return Place(word: used.count - 1, shift: 0)
        }
        for form in forms {
            switch form {
            case .ranged(_, _, let bits): places.append(place(bits)); nullPlaces.append(nil)
            case .interned: places.append(place(32)); nullPlaces.append(nil)
            case .word, .double:
                places.append(place(64))
                nullPlaces.append(leavesNullsOut ? nil : place(1))
            case .wide:
                places.append(place(64))
                // The second word follows.
                _ = place(64)
                nullPlaces.append(nil)
            }
        }
        wordCount = max(1, used.count)
        bits = used.first ?? 0
    }

    private func reserve(_ rows: Int) {
        guard rows > capacity else { return }
        for words in wordStore { words.deallocate() }
        for ids in idStore { ids?.deallocate() }
        absent.deallocate()
        capacity = rows
        // Nothing is written yet: many a stripe's encoder never sees a row, and pages that nobody writes are never made.
        wordStore = (0..<max(2, wordCount)).map { _ in .allocate(capacity: rows) }
        idStore = interners.map { interner in
            guard interner != nil else { return nil }
            let ids = UnsafeMutablePointer<Int32>.allocate(capacity: rows)
            ids.initialize(repeating: 0, count: rows)
            return ids
        }
        absent = .allocate(capacity: rows)
    }

    /// Writes the codes of all rows. Inserting, interners number new values, and a value outside its column's range
    /// is our own fault. Looking up, `absent` is set for rows whose key cannot be in the table, and for null keys of
    /// columns where `nullsEqual` is false.
    func encode(_ keys: [Vector], rows: Int, nullsEqual: [Bool]? = nil) throws {
        let inserting = !isLookup
        reserve(rows)
        for word in 0..<wordCount { wordStore[word].update(repeating: 0, count: rows) }
        if !inserting { absent.update(repeating: 0, count: rows) }
        for column in keys.indices {
            let flat = flattened(keys[column], column)
            try encodeColumn(column, flat, rows, inserting)
            guard !inserting, let validity = flat.validity, !(nullsEqual?[column] ?? true) else { continue }
            for row in 0..<rows where !ValidityWords.isValid(validity, row) { absent[row] = 1 }
        }
    }

    /// As `encode` for keys of one column of text that another table has numbered.
    func encode(_ wanted: UnsafePointer<Int32>, of other: LentStrings, lends: Bool, rows: Int) throws {
        reserve(rows)
        guard let mine = interners[0] as? StringInterner, let ids = idStore[0] else { return }
        wordStore[0].update(repeating: 0, count: rows)
        try mine.insert(wanted, count: rows, of: other, lends: lends, into: ids)
        KeyPacking(words: wordStore[0], shift: 0, rows: rows, validity: nil, absent: nil).packIDs(ids)
    }

    static var outOfRange: WarehouseError {
        WarehouseError(.internalFault, "A value lies outside the range known of its column.")
    }

    private func flattened(_ vector: Vector, _ column: Int) -> Vector {
        if vector.form == .flat || (vector.form == .dictionary && vector.physicalType == .string) { return vector }
        if let known = scratch[column], known.physicalType == vector.physicalType {
            return vector.flattened(into: known)
        }
        let made = Vector(vector.physicalType, capacity: max(1, vector.count),
                          child: vector.valueHolder.child.map { Vector($0.physicalType) })
        scratch[column] = made
        return vector.flattened(into: made)
    }

    private func encodeColumn(_ column: Int, _ vector: Vector, _ rows: Int, _ inserting: Bool) throws {
        let target = KeyPacking(words: wordStore[places[column].word], shift: places[column].shift, rows: rows,
                                validity: vector.validity, absent: inserting ? nil : absent)
        switch forms[column] {
        case .ranged(let low, let span, _):
            guard target.packRanged(vector, low: low, span: span, isZoned: fields[column].isZoned) else {
                throw KeyEncoder.outOfRange
            }
        case .word:
            target.packWords(vector, isZoned: fields[column].isZoned)
        case .double:
            target.packDoubles(vector.doubles)
        case .wide:
            target.packBothWords(vector, second: wordStore[places[column].word + 1], isZoned: fields[column].isZoned)
        case .interned:
            guard let interner = interners[column], let ids = idStore[column] else { return }
            if let lookup = lookups[column] {
                try lookup.find(vector, rows: rows, into: ids)
            } else {
                try interner.insert(vector, rows: rows, into: ids)
            }
            target.packIDs(ids)
        }
        if let place = nullPlaces[column] {
            KeyPacking(words: wordStore[place.word], shift: place.shift, rows: rows, validity: vector.validity,
                       absent: nil).packNullFlags()
        }
    }
}
