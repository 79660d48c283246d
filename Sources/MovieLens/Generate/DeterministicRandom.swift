/// xoshiro256** (Blackman and Vigna): the one source of randomness of generated data.
///
/// Every user, movie or file draws from a stream of its own, named by (seed, stream, index), so that what one of them
/// draws never moves another's values.
struct DeterministicRandom {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// What a stream is drawn for.
    enum Stream: UInt64 {
        case movieIDs = 1, movieScores, movieQuality, movieText, links
        case userCounts, userRemainder, userRatings
        case tagVocabulary, tagUsers, tagRows, tagTimes
        case genomeVocabulary, genomeLoadings, genomeMovies
    }

    init(seed: UInt64, stream: Stream, index: Int = 0) {
        // Three rounds of splitmix64's finalizer: neighbouring indexes share no bits of state.
        var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        state = Self.mix(state ^ (stream.rawValue &* 0xD1B5_4A32_D192_ED03))
        state = Self.mix(state ^ UInt64(truncatingIfNeeded: index))
        s0 = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15)
        s1 = Self.mix(state &+ 0x3C6E_F372_FE94_F82A)
        s2 = Self.mix(state &+ 0xDAA6_6D2C_7DDF_743F)
        s3 = Self.mix(state &+ 0x78DD_E6E5_FD29_F054)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product &<< 7) | (product &>> 57)) &* 9
        let shifted = s1 &<< 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 &<< 45) | (s3 &>> 19)
        return result
    }

    /// A whole number from 0 up to, not including, `bound`, which is at least 1 and below 2^32.
    @inline(__always)
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() &>> 32) &* UInt64(truncatingIfNeeded: bound)) &>> 32)
    }

    /// A multiple of 2^-53 in 0..<1.
    mutating func unit() -> Double {
        Double(next() &>> 11) * 0x1p-53
    }

    /// Whether an event of this chance happened.
    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// One of `choices`, which is not empty, each equally likely.
    mutating func pick(_ choices: [String]) -> String {
        choices[below(choices.count)]
    }
}
