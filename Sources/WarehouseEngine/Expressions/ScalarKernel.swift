import WarehouseBasics
import WarehouseColumns

/// What a function does to rows. Made anew for each evaluator, so it may keep scratch state.
class ScalarKernel {
    /// Whether NULL in any argument gives NULL. Then the node has set the output's validity before `run`, and the
    /// kernel must not raise an error for a row that is null there.
    var isStrict: Bool { true }

    init() {}

    /// Writes rows `0 ..< count` of `output`, which has been begun (flat, or constant with `count` 1). Each of
    /// `inputs` is flat or constant. A kernel may make more rows null with `output.setNull`, and leaves an initialised
    /// value there.
    func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        preconditionFailure("a kernel without run")
    }

    /// All values it may give, each once, where these are few and known beforehand: grouping by their codes needs no
    /// hashing.
    var dictionary: Vector? { nil }

    /// Writes the codes of rows `0 ..< count` in `dictionary`; no input has nulls, and one is flat. False: some row's value
    /// is not there, and `run` is to be asked.
    func run(_ inputs: [Vector], codes: UnsafeMutablePointer<Int32>, count: Int) -> Bool { false }
}

/// Rows of an argument that is flat or constant.
struct Argument<T: BitwiseCopyable> {
    let base: UnsafePointer<T>
    /// 1, or 0 for a constant.
    let step: Int

    @inline(__always) init(_ vector: Vector, as type: T.Type = T.self) {
        base = UnsafePointer(vector.values.assumingMemoryBound(to: T.self))
        step = vector.form == .constant ? 0 : 1
    }

    @inline(__always) subscript(row: Int) -> T { base[row &* step] }
}

/// Validity of an argument that is flat or constant, for kernels that are not strict.
struct ArgumentValidity {
    let words: UnsafePointer<UInt64>?
    let step: Int

    init(_ vector: Vector) {
        words = vector.validity.map { UnsafePointer($0) }
        step = vector.form == .constant ? 0 : 1
    }

    @inline(__always) func isValid(_ row: Int) -> Bool {
        guard let words else { return true }
        return ValidityWords.isValid(words, row &* step)
    }
}

extension Vector {
    /// Calls `body` for every row below `count` that is not null so far.
    @inline(__always) func forEachValid(_ count: Int, _ body: (Int) throws -> Void) rethrows {
        guard let words = validity else {
            for row in 0..<count { try body(row) }
            return
        }
        var start = 0
        while start < count {
            let end = min(start &+ 64, count)
            var word = words[start &>> 6]
            if word == .max {
                for row in start..<end { try body(row) }
            } else {
                if end &- start < 64 { word &= (1 &<< UInt64(end &- start)) &- 1 }
                while word != 0 {
                    try body(start &+ word.trailingZeroBitCount)
                    word &= word &- 1
                }
            }
            start = end
        }
    }

    /// Calls `body` for every null row below `count`.
    @inline(__always) func forEachNull(_ count: Int, _ body: (Int) -> Void) {
        guard let words = validity else { return }
        var start = 0
        while start < count {
            let rows = min(64, count &- start)
            var word = ~words[start &>> 6]
            if rows < 64 { word &= (1 &<< UInt64(rows)) &- 1 }
            while word != 0 {
                body(start &+ word.trailingZeroBitCount)
                word &= word &- 1
            }
            start &+= 64
        }
    }

    /// Makes rows null where an input (flat or constant) is null.
    func intersectValidity(with input: Vector, count: Int) {
        guard let words = input.validity, count > 0 else { return }
        if input.form == .constant {
            if !ValidityWords.isValid(words, 0) { makeValidity().update(repeating: 0, count: (count + 63) >> 6) }
            return
        }
        let target = makeValidity()
        for index in 0..<((count + 63) >> 6) { target[index] &= words[index] }
    }

    /// Gives null rows of strings the empty view, so that no stale address stays behind.
    func blankNullStrings(_ count: Int) {
        guard physicalType == .string, hasNulls else { return }
        let views = strings, empty = StringView.empty
        forEachNull(count) { views[$0] = empty }
    }
}
