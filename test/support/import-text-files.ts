import { seed } from './import-files.ts'

/** One row each, with a quote, a comma, a line end and letters outside ASCII. */
export const csvFiles = {
  'bitwarden-csv': [
    'folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
    `Sóciál/In,1,login,Forum,"a ""note"",\nwith lines","PIN: 1234\nKey: a\nb",0,"https://forum.example.org/x,app.example.org",ada,"p,ß""w",${seed}`,
    ',,note,My Note,This is a note,,,,,,',
  ].join('\n'),
  '1password-csv': [
    'Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes',
    `Forum,https://forum.example.org/x,ada,"p,ß""w",otpauth://totp/x?secret=${seed},true,false,tools;wölke,"a ""note"",\nwith lines"`,
  ].join('\n'),
  'keepassxc-csv': [
    '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"',
    `"Passwords/Wéb","Forum","ada","p,ß""w","https://forum.example.org/x","a ""note"",\nwith lines","otpauth://totp/x?secret=${seed}","0","2026-11-22T04:16:15Z","2026-11-22T04:16:14Z"`,
  ].join('\n'),
  'browser-csv': [
    'name,url,username,password,note',
    'Forum,https://forum.example.org/x,ada,"p,ß""w","a ""note"",\nwith lines"',
  ].join('\r\n'),
  'firefox-csv': [
    '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated","timeLastUsed","timePasswordChanged"',
    '"https://forum.example.org","ada","p,ß""w","","https://forum.example.org","{1-2}","1589182868000","1589182868001","1689182868000"',
  ].join('\r\n'),
  'proton-csv': [
    'type,name,url,email,username,password,note,totp,createTime,modifyTime,vault',
    `login,Forum,https://forum.example.org/x,ada@example.org,ada,"p,ß""w","a ""note"",\nwith lines",otpauth://totp/x?secret=${seed},1689182868,1689182869,Persönlich`,
  ].join('\n'),
  'lastpass-csv': [
    'url,username,password,totp,extra,name,grouping,fav',
    `https://forum.example.org/x,ada,"p,ß""w",${seed},"a ""note"",\nwith lines",Forum,Sóciál\\In,1`,
  ].join('\n'),
  'dashlane-csv': [
    'username,username2,username3,title,password,note,url,category,otpSecret',
    `ada,ada2,,Forum,"p,ß""w","a ""note"",\nwith lines",https://forum.example.org/x,Sóciál,${seed}`,
  ].join('\n'),
  'nordpass-csv': [
    'name,url,additional_urls,username,password,note,cardholdername,cardnumber,cvc,pin,expirydate,zipcode,folder,full_name,phone_number,email,address1,address2,city,country,state,type,custom_fields',
    `Forum,https://forum.example.org/x,"[""https://app.example.org""]",ada,"p,ß""w","a ""note"",\nwith lines",,,,,,,Sóciál,,,,,,,,,password,"[{""label"":""Kunde"",""type"":""text"",""value"":""0815""},{""label"":""Frage"",""type"":""hidden"",""value"":""Rex""}]"`,
  ].join('\n'),
} as const

export const dotEnv = `# comment
export GITHUB_TOKEN=ghp_abc#not-a-comment # a comment
EMPTY=
QUOTED="line 1\\nline 2 \\"x\\" \\$HOME"
SINGLE='as is \\n $HOME'
MANY="-----BEGIN KEY-----
äöü
-----END KEY-----"
not an assignment
OPEN="never closed
`
