import WarehouseBasics
import WarehouseColumns

/// Numbers the distinct keys of one or more columns 0, 1, 2 … in the order they first come, and keeps each key's
/// first values. Underlies grouping, DISTINCT, hash joins and window partitions.
final class GroupTable {
    let fields: [KeyField]
    private let encoder: KeyEncoder
    private var index: KeyIndex
    /// Codes of more than two words are folded: the number of (first, second) stands for both, and so on.
    private var combiners: [HashKeyIndex128] = []
    private var combinedIDs: UnsafeMutablePointer<Int32>
    private var combined: UnsafeMutablePointer<UInt64>
    private var capacity = Vector.standardCapacity
    private var codeGroups = CodeGroups()
    private var newRows = RowList()
    private var ignoredRows = RowList()
    /// Group of the null key, where nulls are not part of the code.
    private var nullGroup: Int32 = -1
    /// First values of each key, a row a group; empty when not asked for.
    private(set) var keyColumns: [ColumnBuffer]
    private let keepsKeys: Bool
    private(set) var count = 0
    /// Set once keys are listed: the table's groups may then have equal keys.
    private var listed: ListedKeys?
    /// Whether that may happen: for groups that will be merged in another table.
    private var mayList = false
    private var rowsSeen = 0

    /// `expectedRows`: how many rows may come, if known; it decides between a table look-up and hashing, as `denseBytes`
    /// does, which a table of all keys of a domain may take. `check` is asked while tables grow, and ends that by throwing.
    init(_ fields: [KeyField], expectedRows: Int? = nil, keepsKeys: Bool = true, denseBytes: Int = .max,
         check: (() throws -> Void)? = nil) throws {
        self.fields = fields
        self.keepsKeys = keepsKeys
        encoder = KeyEncoder(fields)
        index = try GroupTable.makeIndex(encoder, expectedRows, denseBytes)
        for _ in 0..<max(0, encoder.wordCount - 2) { combiners.append(HashKeyIndex128()) }
        if let check {
            index.check = check
            encoder.onGrowth(check)
            for combiner in combiners { combiner.check = check }
        }
        combinedIDs = .allocate(capacity: capacity)
        combined = .allocate(capacity: capacity)
        keyColumns = keepsKeys ? fields.map { ColumnBuffer($0.physicalType) } : []
    }

    deinit {
        combinedIDs.deallocate()
        combined.deallocate()
    }

    private static func makeIndex(_ encoder: KeyEncoder, _ expectedRows: Int?, _ denseBytes: Int) throws -> KeyIndex {
        if encoder.wordCount > 1 { return HashKeyIndex128() }
        if encoder.leavesNullsOut { return HashKeyIndex64() }
        if encoder.forms.count == 1, case .interned = encoder.forms[0] { return DenseKeyIndex(domain: 1024) }
        var domain = encoder.bits < 62 ? 1 << encoder.bits : Int.max
        if encoder.forms.count == 1, case .ranged(_, let span, _) = encoder.forms[0] {
            domain = Int(clamping: span) &+ 2
        }
        let worthwhile = max(DenseKeyIndex.alwaysDense, (expectedRows ?? (1 << 18)).multipliedClamped(by: 16))
        let affordable = denseBytes / MemoryLayout<Int32>.stride
        if domain > 0, domain <= min(worthwhile, DenseKeyIndex.maximumDomain, affordable) {
            return DenseKeyIndex(domain: domain)
        }
        return HashKeyIndex64()
    }

    /// Makes room at once for about so many groups.
    func expect(_ groups: Int) throws {
        if fields.count == 1 { try encoder.interner(0)?.expect(groups) }
        try index.expect(groups)
        for column in keyColumns { column.reserve(groups) }
    }

    /// Keys from all over the domain come, while other threads work.
    func expectAllKeys() throws { try (index as? DenseKeyIndex)?.writeAll() }

    var allocatedBytes: Int {
        index.allocatedBytes + encoder.allocatedBytes + combiners.reduce(0) { $0 + $1.allocatedBytes }
            + (listed?.allocatedBytes ?? 0) + keyColumns.reduce(0) { $0 + $1.allocatedBytes }
    }

    /// Lets keys that hardly repeat be listed, where they would be hashed: to merge the groups is up to the caller.
    func allowListing() {
        mayList = keepsKeys && (!(index is DenseKeyIndex) || encoder.interner(0) != nil)
            && fields.allSatisfy { $0.physicalType != .list }
    }

    var isListing: Bool { listed != nil }
    /// Whether listing takes memory for nothing.
    var listsRepeats: Bool { listed?.repeats ?? false }

    /// Hashes of all groups' keys by content, whichever table they are in.
    var contentHashes: [UInt64] {
        if let listed { return listed.contentHashes }
        if let lent = lendable { return (0..<count).map { KeyContentHash.hash(ofText: lent.hashes[$0]) } }
        return KeyContentHash.hashes(of: keyColumns.map { $0.vector() }, fields: fields, rows: count)
    }

    /// Makes each row a group.
    private func list(_ keys: [Vector], rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        guard let listed else { return }
        guard count + rows <= KeyIndex.maximumCount else {
            throw WarehouseError(.limitExceeded, "More than \(KeyIndex.maximumCount) keys in one table.")
        }
        for row in 0..<rows { ids[row] = Int32(truncatingIfNeeded: count &+ row) }
        for (column, vector) in zip(keyColumns, keys) { column.append(vector, 0..<rows) }
        listed.add(keyColumns)
        count += rows
    }

    /// Gives each row its group's number, making groups for new keys.
    func insert(_ keys: [Vector], rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        guard rows > 0 else { return }
        if mayList, listed == nil, ListedKeys.areWorthListing(groups: count, rows: rowsSeen) {
            listed = ListedKeys(fields, keyColumns)
            // Nobody looks for a key any more.
            index = HashKeyIndex64()
        }
        if listed != nil { return try list(keys, rows: rows, into: ids) }
        rowsSeen += rows
        reserve(rows)
        if try insertDirectly(keys[0], rows: rows, into: ids) { return }
        if fields.count == 1, keys[0].form == .dictionary, !keys[0].hasNulls, let dictionary = keys[0].dictionary,
            dictionary.count > 0 {
            return try insertCodes(keys[0].codes, dictionary, rows: rows, into: ids)
        }
        try encoder.encode(keys, rows: rows)
        if encoder.forms.count == 1, let interner = encoder.interner(0), let dense = index as? DenseKeyIndex {
            try dense.grow(toDomain: interner.count + 1)
        }
        let codes = try foldedCodes(rows: rows)
        newRows.reset(capacity: rows)
        let validity = encoder.leavesNullsOut ? keys[0].flatValidity(rows: rows) : nil
        if let validity {
            try validity.withUnsafeBufferPointer { words in
                try index.insert(codes, rows: rows, validity: words.baseAddress, into: ids, newRows: &newRows)
                numberNulls(words.baseAddress, rows: rows, into: ids)
            }
        } else if nullGroup >= 0 || encoder.leavesNullsOut {
            try insertAfterNulls(codes, rows: rows, into: ids)
        } else {
            try index.insert(codes, rows: rows, validity: nil, into: ids, newRows: &newRows)
        }
        count = index.count + (nullGroup >= 0 ? 1 : 0)
        if keepsKeys, newRows.count > 0 { keepNewKeys(keys) }
    }

    /// Gives groups of another table their numbers in this one, where the key is one column of text; with `lends` its
    /// strings are kept where they are. False when it is another case. The other table gets no more groups.
    func insert(_ groups: UnsafePointer<Int32>, rows: Int, of other: GroupTable, lends: Bool,
                into ids: UnsafeMutablePointer<Int32>) throws -> Bool {
        guard let strings = encoder.interner(0) as? StringInterner, let theirs = other.lendable else { return false }
        reserve(rows)
        try encoder.encode(groups, of: theirs, lends: lends, rows: rows)
        if let dense = index as? DenseKeyIndex { try dense.grow(toDomain: strings.count + 1) }
        newRows.reset(capacity: rows)
        try index.insert(try foldedCodes(rows: rows), rows: rows, validity: nil, into: ids, newRows: &newRows)
        count = index.count
        if keepsKeys, newRows.count > 0, let numbers = encoder.internedIDs(0) {
            GroupTable.keep(strings, numbers, newRows.selection, nil, in: keyColumns[0])
        }
        return true
    }

    /// The strings of a key of one column, where groups have their numbers: without a group of nulls.
    private var lendable: LentStrings? {
        guard fields.count == 1, let strings = encoder.interner(0) as? StringInterner, !strings.holdsDocuments else { return nil }
        if let listed {
            let column = keyColumns[0]
            return column.hasNulls ? nil : LentStrings(views: UnsafePointer(column.strings), hashes: listed.textHashes,
                                                       owners: [column],
                                                       byteCount: column.allocatedBytes + strings.lent.byteCount)
        }
        return strings.count == count ? strings.lent : nil
    }

    /// Bytes that stay alive with tables which took groups of this one.
    var lendableBytes: Int { lendable?.byteCount ?? 0 }

    /// The domain of one integer column, where keys are numbered by look-up.
    var denseDomain: (low: Int128, span: UInt64)? {
        guard fields.count == 1, !fields[0].isZoned, index is DenseKeyIndex,
              fields[0].physicalType == .int32 || fields[0].physicalType == .int64,
              case .ranged(let low, let span, _) = encoder.forms[0] else { return nil }
        return (low, span)
    }

    /// One integer column of a small domain, flat and without nulls, needs no codes. False when it is another case.
    private func insertDirectly(_ key: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws -> Bool {
        guard fields.count == 1, let dense = index as? DenseKeyIndex, !fields[0].isZoned, key.form == .flat,
              !key.hasNulls, case .ranged(let low, let span, _) = encoder.forms[0],
              let low = Int64(exactly: low) else { return false }
        newRows.reset(capacity: rows)
        let isInside: Bool
        switch key.physicalType {
        case .int32:
            isInside = try dense.insert(key.int32s, low: low, span: span, rows: rows, into: ids, newRows: &newRows)
        case .int64:
            isInside = try dense.insert(key.int64s, low: low, span: span, rows: rows, into: ids, newRows: &newRows)
        default: return false
        }
        guard isInside else { throw KeyEncoder.outOfRange }
        count = index.count
        if keepsKeys, newRows.count > 0 { keepNewKeys([key]) }
        return true
    }

    /// One column of codes: each entry of the dictionary is numbered once. Numbers of groups never change, so what
    /// is known of a dictionary stays true.
    private func insertCodes(_ codes: UnsafePointer<Int32>, _ dictionary: Vector, rows: Int,
                             into ids: UnsafeMutablePointer<Int32>) throws {
        if codeGroups.dictionary !== dictionary { codeGroups.begin(dictionary) }
        if codeGroups.find(codes, rows: rows, into: ids) { return }
        let fresh = codeGroups.listFresh(codes, rows: rows)
        let entries = Vector(dictionary.physicalType, capacity: fresh.count)
        fresh.withUnsafeBufferPointer { entries.gather(dictionary, $0) }
        var numbers = [Int32](repeating: 0, count: fresh.count)
        try numbers.withUnsafeMutableBufferPointer { numbers in
            if let numbers = numbers.baseAddress { try insert([entries], rows: fresh.count, into: numbers) }
        }
        codeGroups.note(fresh, numbers)
        _ = codeGroups.find(codes, rows: rows, into: ids)
    }

    private func insertAfterNulls(_ codes: KeyCodes, rows: Int, into ids: UnsafeMutablePointer<Int32>) throws {
        try index.insert(codes, rows: rows, validity: nil, into: ids, newRows: &newRows)
        if nullGroup >= 0 { shiftPastNull(rows: rows, into: ids) }
    }

    /// The index knows nothing of the null group: its numbers from `nullGroup` on are one less than the groups'.
    private func shiftPastNull(rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        let null = nullGroup
        for row in 0..<rows where ids[row] >= null { ids[row] &+= 1 }
    }

    private func numberNulls(_ validity: UnsafePointer<UInt64>?, rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        guard let validity else { return }
        let hadNull = nullGroup >= 0
        var firstNull = -1
        if !hadNull {
            for row in 0..<rows where !ValidityWords.isValid(validity, row) {
                firstNull = row
                break
            }
            if firstNull >= 0 {
                // The null group comes after the groups that earlier rows of this batch made.
                let earlier = newRows.selection.count { Int($0) < firstNull }
                nullGroup = Int32(index.count - newRows.count + earlier)
            }
        }
        guard nullGroup >= 0 else { return }
        let null = nullGroup
        for row in 0..<rows {
            if !ValidityWords.isValid(validity, row) { ids[row] = null }
            else if ids[row] >= null { ids[row] &+= 1 }
        }
        if firstNull >= 0 { newRows.insertSorted(firstNull) }
    }

    private func foldedCodes(rows: Int) throws -> KeyCodes {
        var codes = KeyCodes(first: encoder.word(0), second: encoder.word(1))
        for (step, combiner) in combiners.enumerated() {
            ignoredRows.reset(capacity: rows)
            try combiner.insert(codes, rows: rows, validity: nil, into: combinedIDs, newRows: &ignoredRows)
            for row in 0..<rows { combined[row] = UInt64(UInt32(bitPattern: combinedIDs[row])) }
            codes = KeyCodes(first: combined, second: encoder.word(step + 2))
        }
        return codes
    }

    private func keepNewKeys(_ keys: [Vector]) {
        for column in keys.indices {
            let vector = keys[column]
            // Of equal documents that look different, each group of several columns shows its own.
            if fields.count == 1 || !fields[column].isDocument,
               let strings = encoder.interner(column) as? StringInterner, let ids = encoder.internedIDs(column) {
                GroupTable.keep(strings, ids, newRows.selection, vector, in: keyColumns[column])
                continue
            }
            if vector.physicalType == .list, keyColumns[column].count == 0, let child = vector.valueHolder.child {
                keyColumns[column] = ColumnBuffer(.list, elementType: child.physicalType)
            }
            keyColumns[column].append(vector, selection: newRows.selection)
        }
    }

    /// Strings that the interner keeps, by their numbers.
    private static func keep(_ strings: StringInterner, _ ids: UnsafePointer<Int32>,
                             _ rows: UnsafeBufferPointer<Int32>, _ vector: Vector?, in target: ColumnBuffer) {
        target.retain(strings)
        target.reserve(rows.count)
        let views = strings.views, start = target.count, to = target.strings + start
        for (place, row) in rows.enumerated() { to[place] = views[Int(ids[Int(row)])] }
        guard let vector, let validity = vector.flatValidity(rows: vector.count) else { return target.commit(rows.count) }
        var nulls: [Int] = []
        for (place, row) in rows.enumerated() where validity[Int(row) >> 6] >> UInt64(row & 63) & 1 == 0 {
            to[place] = .empty
            nulls.append(start + place)
        }
        target.commit(rows.count)
        for row in nulls { target.setNull(row) }
    }

    /// A look-up for one thread; nobody inserts while it is in use.
    func makeLookup() -> GroupLookup {
        GroupLookup(encoder: KeyEncoder(lookingUp: encoder), index: index, combiners: combiners, nullGroup: nullGroup)
    }

    private func reserve(_ rows: Int) {
        guard rows > capacity else { return }
        combinedIDs.deallocate()
        combined.deallocate()
        capacity = rows
        combinedIDs = .allocate(capacity: rows)
        combined = .allocate(capacity: rows)
    }
}

extension RowList {
    /// Adds a row, keeping ascending order.
    mutating func insertSorted(_ row: Int) {
        var place = count
        append(row)
        while place > 0, rows[place - 1] > Int32(row) {
            rows[place] = rows[place - 1]
            place -= 1
        }
        rows[place] = Int32(row)
    }
}

extension Vector {
    /// Validity with one bit a row whatever the form; nil when no row is null.
    func flatValidity(rows: Int) -> [UInt64]? {
        guard let validity else { return nil }
        let words = (rows + 63) >> 6
        if form == .constant {
            return Array(repeating: ValidityWords.isValid(validity, 0) ? .max : 0, count: words)
        }
        return Array(UnsafeBufferPointer(start: validity, count: words))
    }
}

extension Int {
    /// The product, at most `Int.max` and at least `Int.min`.
    func multipliedClamped(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}
