‹filedesc://a.arc 0.0.0.0 20080430204825 text/plain 65
1 0 Test
URL IP-address Archive-date Content-type Archive-length

http://example.com/ 192.0.2.1 20080430204826 text/html 4
text
http://example.com/ 192.0.2.1 20080430204826 text/html 4
text
