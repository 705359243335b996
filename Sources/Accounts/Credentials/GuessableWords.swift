/// The words that most of the passwords found in public breaches are made of: in lower case, by hand, most common kinds first. Whole
/// lists of breached passwords are variations of these with digits and symbols, which `PasswordRule` sees through.
enum GuessableWords {
    static let words = Set(list.split(whereSeparator: \.isWhitespace).map { String($0) })

    private static let list = """
        password passwort passwd pass passw motdepasse contrasena senha parola hasło haslo wachtwoord kennwort
        geheim secret secreto qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdfgh asdfghjkl asdf zxcvbnm
        zxcvbn yxcvbnm 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz 2wsx 3edc qazwsx qazwsxedc q1w2e3 q1w2e3r4 zaq12wsx
        zaq1 xsw2 147258 147258369 159753 159357 258456 741852963 789456 456123 963852 112233 11223344 121212 123123
        123321 131313 100200 101010 102030 232323 696969 654321 520520 5201314 19841984 admin administrator
        administrador root user username guest login test testing tester demo default system server manager owner
        master welcome willkommen bienvenue bienvenido benvenuto hello hallo bonjour hola ciao letmein letmeinnow
        openup access changeme change trustno1 trustno iloveyou iloveu loveyou lovely loveme love lover liebe teamo
        tequiero jetaime forever always together friends friend monkey dragon tiger eagle falcon hunter ranger
        shadow silver golden diamond crystal angel angels heaven devil killer ninja wizard knight warrior soldier
        samurai pirate phoenix thunder lightning storm winter summer spring autumn fall sommer fruehling herbst
        sunshine sunset sunrise rainbow flower flowers butterfly princess prinzessin princesa queen prince king
        royal lucky happy smile cookie cookies chocolate schokolade cheese banana orange apple cherry peach pepper
        ginger sugar candy honey coffee pizza football fussball soccer baseball basketball hockey tennis golfer golf
        cricket rugby chelsea arsenal liverpool barcelona manchester juventus realmadrid bayern münchen muenchen
        cowboys lakers yankees steelers eagles packers redsox dolphins michael jennifer jessica ashley nicole daniel
        andrew joshua matthew thomas robert david james john joseph william anthony charlie george jordan harley
        taylor hannah amanda samantha michelle melissa elizabeth stephanie christine christian alexander alexandra
        andrea andreas stefan sebastian martin peter patrick patricia sandra sabine susanne claudia markus maria
        marie laura julia anna sophie sophia emma lena leonie lukas oliver benjamin nathan justin jason kevin brian
        steven victoria veronica valentina natasha natalie carlos antonio francisco fernando alejandro roberto
        ricardo eduardo giovanni francesco pierre nicolas isabelle camille thierry yuki sakura naruto pikachu
        pokemon superman batman spiderman ironman starwars matrix startrek skywalker hobbit gandalf harrypotter
        potter hogwarts minecraft fortnite roblox warcraft counter strike gaming gamer player playstation nintendo
        xbox mustang ferrari porsche mercedes corvette camaro toyota honda yamaha suzuki computer internet windows
        microsoft google facebook twitter instagram amazon samsung iphone android linux ubuntu debian oracle cisco
        network wireless router database mysql postgres security secure private personal company office business
        money dollar bitcoin crypto million freedom liberty peace america american england london berlin paris
        madrid rome germany deutschland france espana italia brasil canada australia russia moscow china beijing
        japan tokyo india mumbai newyork california texas florida chicago boston austin denver dallas january
        february march april june july august september october november december januar februar märz maerz mai juni
        juli oktober dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch
        donnerstag freitag samstag sonntag jesus christ jesuschrist blessed faith hope grace church bible allah
        mohammed muhammad krishna buddha fuckyou fuckoff fuck bitch asshole bullshit sexy pussy porn hardcore naked
        metallica nirvana slipknot eminem beatles rockstar rock guitar music dance dancer singer purple yellow black
        white green blue buster maggie bailey sadie rocky max bella luna daisy molly coco simba tigger snoopy mickey
        minnie garfield scooby whatever nothing nobody anything something blahblah abcabc abcd1234 abc123 a1b2c3
        a1b2c3d4 aa123456 pass123 pass1234 passw0rd p@ssw0rd p@ssword qwe123 qweasd qweasdzxc asd123 zxc123 qwer1234
        1234qwer asdf1234 admin123 test123 temp temporary initial start123 newpass newpassword mypassword
        yourpassword thisisapassword nopassword correcthorsebatterystaple correcthorse batterystaple mail email
        webmail imap smtp outlook thunderbird latchkey 1990 1991 1992 1993 1994 1995 1996 1997 1998 1999 2000 2001
        2002 2003 2004 2005 2006 2007 2008 2009 2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020 2021 2022
        2023 2024 2025 2026 2027 2028 2029 2030 1980 1981 1982 1983 1984 1985 1986 1987 1988 1989
        """
}
